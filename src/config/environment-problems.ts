import { parseServerUrls, roleAndDatabaseOf } from './database-url.js';
import { parseKycProviders } from './kyc-providers.js';
import { parseSigningKeys } from './signing-keys.js';

const MIN_PEPPER_LENGTH = 32;
const MAX_PEPPERS = 5;

/** The variables that are checked together, or in several parts. */
interface CheckedVariables {
  DATABASE_URL?: string;
  DATABASE_DIRECT_URL?: string;
  SECRET_PEPPER?: string;
  TOKEN_SIGNING_KEY?: string;
  KYC_PROVIDERS?: string;
  SANDBOX?: string;
  SANDBOX_TOKEN?: string;
  SMTP_URL?: string;
  PUBLIC_URL?: string;
}

/** What is wrong with the secrets, and with variables that depend on each other. Each problem names its variable first. */
export function environmentProblems(env: CheckedVariables): string[] {
  return [
    ...parseKycProviders(env.KYC_PROVIDERS).problems,
    ...directUrlProblems(env.DATABASE_URL, env.DATABASE_DIRECT_URL),
    ...missingVariables(env),
    ...pepperProblems(env.SECRET_PEPPER),
    ...(env.TOKEN_SIGNING_KEY === undefined ? [] : parseSigningKeys(env.TOKEN_SIGNING_KEY).problems),
  ];
}

function missingVariables(env: CheckedVariables): string[] {
  const problems: string[] = [];
  if (env.DATABASE_URL !== undefined) {
    if (env.SECRET_PEPPER === undefined) problems.push('SECRET_PEPPER is required with DATABASE_URL');
    if (env.TOKEN_SIGNING_KEY === undefined) problems.push('TOKEN_SIGNING_KEY is required with DATABASE_URL');
    if (env.SANDBOX === '1' && env.SANDBOX_TOKEN === undefined)
      problems.push('SANDBOX_TOKEN is required with SANDBOX and DATABASE_URL');
  }
  if (env.SMTP_URL !== undefined && env.PUBLIC_URL === undefined)
    problems.push(
      'PUBLIC_URL is required with SMTP_URL: e-mails have links to confirm an address and to unsubscribe',
    );
  return problems;
}

function directUrlProblems(url: string | undefined, directUrl: string | undefined): string[] {
  if (directUrl === undefined) return [];
  if (url === undefined) return ['DATABASE_URL is required with DATABASE_DIRECT_URL'];
  if (parseServerUrls(url) === null || parseServerUrls(directUrl) === null) return [];
  const [one, other] = [roleAndDatabaseOf(url), roleAndDatabaseOf(directUrl)];
  if (one.role === other.role && one.database === other.database) return [];
  return ['DATABASE_DIRECT_URL must have the role and the database of DATABASE_URL'];
}

function pepperProblems(text: string | undefined): string[] {
  if (text === undefined) return [];
  const peppers = text.split(',');
  if (peppers.length > MAX_PEPPERS)
    return [`SECRET_PEPPER must be ${MAX_PEPPERS} peppers at most, separated by commas`];
  if (peppers.some(({ length }) => length < MIN_PEPPER_LENGTH))
    return [
      `SECRET_PEPPER must have ${MIN_PEPPER_LENGTH} characters or more in each pepper; a comma separates two`,
    ];
  return new Set(peppers).size < peppers.length ? ['SECRET_PEPPER must not hold a pepper twice'] : [];
}
