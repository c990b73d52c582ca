import { Environment, readEnv } from '../../src/config/env.js';
import { aSigningKey } from './signing-key.js';

/** The secret of the KYC provider `acme`. */
export const KYC_SECRET = `whsec_${Buffer.from('a key of acme that only the tests know').toString('base64')}`;

/** The base of links in the e-mails of a test with a mail server. */
export const PUBLIC_URL = 'https://bank.example';

const SIGNING_KEY = aSigningKey();

/** The variables of an app on the given database, for this process or another. */
export function testVariables(databaseUrl: string): Record<string, string> {
  return {
    ...routeTo(databaseUrl),
    LOG_LEVEL: 'silent',
    // Tests of refusals fail to authenticate far more often than a client.
    RATE_LIMITS: 'failed-authentication=1000000/60s,failed-key=1000000/60s',
    // There is no load balancer to wait for.
    DRAIN_SECONDS: '0',
    SECRET_PEPPER: 'a pepper that only the tests know of',
    TOKEN_SIGNING_KEY: SIGNING_KEY,
    KYC_PROVIDERS: `acme=${KYC_SECRET}`,
  };
}

/** Through the pooler of TEST_POOLER_URL, if there is one. */
function routeTo(databaseUrl: string): Record<string, string> {
  const { TEST_POOLER_URL } = process.env;
  if (TEST_POOLER_URL === undefined || databaseUrl === '') return { DATABASE_URL: databaseUrl };
  const pooled = new URL(TEST_POOLER_URL);
  pooled.pathname = new URL(databaseUrl).pathname;
  return { DATABASE_URL: pooled.href, DATABASE_DIRECT_URL: databaseUrl };
}

/** @param more variables that the test is about */
export function testEnvironment(databaseUrl: string, more: Record<string, string> = {}): Environment {
  const own = more.DATABASE_URL === undefined ? {} : { DATABASE_DIRECT_URL: '' };
  const linked = more.SMTP_URL === undefined ? {} : { PUBLIC_URL };
  const variables = readEnv({ ...testVariables(databaseUrl), ...own, ...linked, ...more });
  return new Environment(variables, variables.DATABASE_URL ?? databaseUrl, variables);
}
