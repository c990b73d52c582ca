import { generateKeyPairSync } from 'node:crypto';
import { AccessTokensService } from '../src/auth/access-tokens.service.js';
import { SigningKeys } from '../src/auth/signing-keys.service.js';
import { Environment, readEnv } from '../src/config/env.js';
import { Clock } from '../src/shared/clock.js';
import { PEPPER, PLATFORM_ID, SESSION_ID } from './workloads/tenant.js';

const SIGNING_KEY = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  .privateKey.export({ type: 'pkcs8', format: 'pem' })
  .toString();

/**
 * The variables that the server is started with besides its defaults: as an operator would set them, without tuning.
 */
export function vostroVariables(databaseUrl: string): Record<string, string> {
  return {
    DATABASE_URL: databaseUrl,
    PORT: '0',
    // Counted as always; twice the default, which one credential of a benchmark could reach.
    RATE_LIMITS: 'credential=100000/10s,address=200000/10s',
    SECRET_PEPPER: PEPPER,
    TOKEN_SIGNING_KEY: SIGNING_KEY,
    KYC_PROVIDERS: `benchmark=whsec_${Buffer.from('a key that only the benchmarks know').toString('base64')}`,
  };
}

/** An access token of the workspace API, valid for a quarter of an hour and for every workspace of the tenant. */
export async function issueToken(databaseUrl: string): Promise<string> {
  const variables = readEnv(vostroVariables(databaseUrl));
  const env = new Environment(variables, databaseUrl, variables);
  const tokens = new AccessTokensService(env, new Clock(), new SigningKeys(env));
  const scope = 'accounts:read accounts:write';
  return tokens.issue({ aud: 'workspace', tid: PLATFORM_ID, sub: SESSION_ID, scope });
}
