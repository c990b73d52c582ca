import 'reflect-metadata';
import { isIP } from 'node:net';
import { plainToInstance } from 'class-transformer';
import {
  getMetadataStorage,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  IsUrl,
  Matches,
  Max,
  Min,
  ValidateBy,
  validateSync,
} from 'class-validator';
import { type DatabaseUrls, parseServerUrls } from './database-url.js';
import { environmentProblems } from './environment-problems.js';
import { type KycProviders, parseKycProviders } from './kyc-providers.js';
import { LOG_LEVELS, logLevelOf } from './log-level.js';
import { type Mailbox, parseMailbox, parseSmtpUrl, type SmtpServer } from './mail-settings.js';
import { parseRateLimits, type RateLimits, rateLimitsOf } from './rate-limits.js';
import { parseSigningKeys } from './signing-keys.js';
import { randomToken } from '../shared/ids.js';
import { isNetwork } from '../shared/networks.js';

const DAY_MS = 24 * 60 * 60 * 1_000;
/**
 * Kubernetes needs about as long to stop routing, and a load balancer that probes every two seconds has failed two
 * probes.
 */
const DRAIN_SECONDS = 5;
const SANDBOX_TOKEN_BYTES = 32;

/** Every environment variable, with its default. Only this file reads the environment. */
export class EnvironmentVariables {
  @IsString()
  HOST = '127.0.0.1';

  @IsInt()
  @Min(0)
  @Max(65535)
  PORT: number = 3000;

  @IsOptional()
  @Readable(parseServerUrls, 'DATABASE_URL must be a postgres:// address of servers that take writes')
  DATABASE_URL?: string;

  /**
   * URL of the role that owns the tables and migrates. With it, the role of DATABASE_URL is granted only the privileges
   * that the server needs.
   */
  @IsOptional()
  @Readable(parseServerUrls, 'DATABASE_OWNER_URL must be a postgres:// address of servers that take writes')
  DATABASE_OWNER_URL?: string;

  /**
   * URL of the database server itself where DATABASE_URL leads to a pooler: to listen for changes, to migrate and for
   * commands. The same role and database.
   */
  @IsOptional()
  @Readable(parseServerUrls, 'DATABASE_DIRECT_URL must be a postgres:// address of servers that take writes')
  DATABASE_DIRECT_URL?: string;

  @IsInt()
  @Min(1)
  @Max(200)
  DATABASE_POOL_SIZE: number = 10;

  /** Limit of requests in flight; beyond it 503, and 429 for a credential that has half of them. */
  @IsInt()
  @Min(1)
  @Max(100_000)
  MAX_REQUESTS_IN_WORK: number = 1_000;

  /** Rate limits that replace the defaults (rate-limits.ts): `credential=100/10s,address=off`. */
  @IsOptional()
  @Readable(
    parseRateLimits,
    'RATE_LIMITS must be pairs of a limit and requests/seconds or off, as credential=100/10s,address=off',
  )
  RATE_LIMITS?: string;

  /**
   * Seconds between a SIGTERM and the end of listening, so that load balancers notice. By default 5, and 0 for the demo
   * and a sandbox.
   */
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(300)
  DRAIN_SECONDS?: number;

  /** By default `info`, and `warn` for the demo, so that its printed commands stay readable. */
  @IsOptional()
  @IsIn(LOG_LEVELS)
  LOG_LEVEL?: (typeof LOG_LEVELS)[number];

  /**
   * URL under which clients reach this server: the issuer of its tokens, and the base of printed addresses and of links
   * in e-mails, for which SMTP_URL requires it.
   */
  @IsOptional()
  @IsUrl({ require_tld: false, require_protocol: true, protocols: ['http', 'https'] })
  PUBLIC_URL?: string;

  /** Folder of the embedded server's data and the demo's credentials. Unused with DATABASE_URL. */
  @IsString()
  VAR_DIR = './var';

  /** One pepper, or several separated by commas, the newest first (environment-problems.ts). */
  @IsOptional()
  @IsString()
  SECRET_PEPPER?: string;

  /** PKCS #8 PEM of one or more EC P-256 private keys; the first signs (signing-keys.ts). */
  @IsOptional()
  @IsString()
  TOKEN_SIGNING_KEY?: string;

  /** KYC providers and the secrets of their callbacks: `name=whsec_<base64>` (kyc-providers.ts). */
  @IsOptional()
  @IsString()
  KYC_PROVIDERS?: string;

  /** Addresses of reverse proxies whose X-Forwarded-For is trusted: IPs or CIDR blocks, comma-separated. */
  @IsOptional()
  @Readable(
    (text) => (text.split(',').every((one) => isIP(one) !== 0 || isNetwork(one)) ? text : null),
    'TRUST_PROXY must be IP addresses or CIDR blocks, separated by commas',
  )
  TRUST_PROXY?: string;

  /** URL of the mail server; its credentials are percent-encoded. Without it no e-mail is sent. */
  @IsOptional()
  @Readable(
    parseSmtpUrl,
    'SMTP_URL must be smtp://user:password@host:port or smtps://…, the credentials optional',
  )
  SMTP_URL?: string;

  /** Sender of e-mails. */
  @Readable(parseMailbox, 'MAIL_FROM must be an e-mail address, or a name and <an e-mail address>')
  MAIL_FROM: string = 'Vostro <no-reply@localhost>';

  /** CIDR blocks, separated by commas, that webhooks may be sent to although they are not on the public internet. */
  @IsOptional()
  @Readable(
    (text) => (text.split(',').every(isNetwork) ? text : null),
    'WEBHOOK_ALLOWED_NETWORKS must be CIDR blocks, separated by commas',
  )
  WEBHOOK_ALLOWED_NETWORKS?: string;

  /** Days of failures without a success after which a delivery is abandoned and its endpoint disabled. */
  @IsInt()
  @Min(1)
  @Max(365)
  WEBHOOK_DISABLE_AFTER_DAYS: number = 5;

  /** Days after which a request for approval expires. */
  @IsInt()
  @Min(1)
  @Max(90)
  APPROVAL_EXPIRES_AFTER_DAYS: number = 7;

  /** Days after which a session ends, regardless of how often it was refreshed. */
  @IsInt()
  @Min(1)
  @Max(3_650)
  SESSION_MAX_DAYS: number = 90;

  /** Maximum age of secrets in days, by the kind of key: `owner=365,admin=90`. */
  @IsOptional()
  @Readable(
    toMaxAges,
    'KEY_MAX_AGE_DAYS must be pairs of owner, platform or admin and days from 1 to 3650, as owner=365,admin=90',
  )
  KEY_MAX_AGE_DAYS?: string;

  /** `1`: a bank for tests, with magic values, a test clock and resets (docs/contract-tests.md). */
  @IsOptional()
  @IsIn(['0', '1'])
  SANDBOX?: '0' | '1';

  /** Bearer token of /sandbox. Unused without SANDBOX. */
  @IsOptional()
  @Matches(/^[\x21-\x7e]{32,200}$/, {
    message: 'SANDBOX_TOKEN must be 32 to 200 visible ASCII characters without spaces',
  })
  SANDBOX_TOKEN?: string;
}

/** Accepts a text that `parse` does not return `null` for. */
function Readable(parse: (text: string) => unknown, message: string): PropertyDecorator {
  const validate = (value: unknown): boolean => typeof value === 'string' && parse(value) !== null;
  return ValidateBy({ name: 'readable', validator: { validate, defaultMessage: () => message } });
}

/** `null` when the text is malformed. */
function toMaxAges(text: string): Map<string, number> | null {
  const ages = new Map<string, number>();
  for (const pair of text === '' ? [] : text.split(',')) {
    const [, kind = '', days = ''] = /^(owner|platform|admin)=([1-9]\d{0,3})$/.exec(pair) ?? [];
    if (kind === '' || ages.has(kind) || Number(days) > 3_650) return null;
    ages.set(kind, Number(days) * DAY_MS);
  }
  return ages;
}

/** The name of every variable: each property of EnvironmentVariables has a validator. */
export const VARIABLE_NAMES: readonly string[] = [
  ...new Set(
    getMetadataStorage()
      .getTargetValidationMetadatas(EnvironmentVariables, '', false, false)
      .map(({ propertyName }) => propertyName),
  ),
];

/** Validated by `readEnv`, or generated for an installation without them. */
export interface SecretVariables {
  SECRET_PEPPER?: string;
  TOKEN_SIGNING_KEY?: string;
  KYC_PROVIDERS?: string;
}

/** The app's configuration: the variables, with the database and secrets resolved. */
export class Environment {
  readonly HOST: string;
  readonly PORT: number;
  readonly DATABASE_POOL_SIZE: number;
  readonly MAX_REQUESTS_IN_WORK: number;
  readonly rateLimits: RateLimits;
  /** Time after a SIGTERM during which it keeps serving while not ready. */
  readonly drainMs: number;
  readonly LOG_LEVEL: string;
  /** `iss` of the access tokens: equal on every process of an installation, so it is not derived from the port. */
  readonly tokenIssuer: string;
  readonly publicUrl: string | undefined;
  /** Peppers that secrets are hashed and encrypted under: the first for new ones, any for existing ones. */
  readonly secretPeppers: readonly string[];
  /** PEM of each private key, at least one; the first signs. */
  readonly tokenSigningKeys: readonly string[];
  readonly kycProviders: KycProviders;
  readonly trustedProxies: readonly string[];
  /** `null`: no mail server, so no e-mail is sent. */
  readonly smtpServer: SmtpServer | null;
  readonly mailFrom: Mailbox;
  /** Leads to the database server itself, also if `databaseUrl` leads to a pooler. */
  readonly directUrl: string;
  /** Whether it runs on the embedded server, for a trial: webhooks may then be sent without TLS. */
  readonly isDemo: boolean;
  readonly webhookAllowedNetworks: readonly string[];
  readonly WEBHOOK_DISABLE_AFTER_DAYS: number;
  readonly approvalLifetimeMs: number;
  readonly sessionLifetimeMs: number;
  /** By the kind of key; a missing kind has no maximum age. */
  readonly keyMaxAgeMs: ReadonlyMap<string, number>;
  /** Bearer token of /sandbox; `null`: this is no sandbox. */
  readonly sandboxToken: string | null;

  /** @throws ConfigurationError for invalid secrets that `readEnv` has not validated */
  constructor(
    env: EnvironmentVariables,
    readonly databaseUrl: string,
    secrets: SecretVariables,
  ) {
    this.HOST = env.HOST;
    this.PORT = env.PORT;
    this.DATABASE_POOL_SIZE = env.DATABASE_POOL_SIZE;
    this.MAX_REQUESTS_IN_WORK = env.MAX_REQUESTS_IN_WORK;
    this.rateLimits = rateLimitsOf(env.RATE_LIMITS);
    this.isDemo = env.DATABASE_URL === undefined;
    this.directUrl =
      databaseUrl === env.DATABASE_URL ? (env.DATABASE_DIRECT_URL ?? databaseUrl) : databaseUrl;
    this.LOG_LEVEL = logLevelOf(env);
    this.publicUrl = env.PUBLIC_URL?.replace(/\/$/, '');
    this.tokenIssuer = this.publicUrl ?? 'urn:vostro';
    this.trustedProxies = env.TRUST_PROXY?.split(',') ?? [];
    this.smtpServer = env.SMTP_URL === undefined ? null : parseSmtpUrl(env.SMTP_URL);
    this.mailFrom = parseMailbox(env.MAIL_FROM) ?? { name: '', address: env.MAIL_FROM };
    this.webhookAllowedNetworks = env.WEBHOOK_ALLOWED_NETWORKS?.split(',') ?? [];
    this.WEBHOOK_DISABLE_AFTER_DAYS = env.WEBHOOK_DISABLE_AFTER_DAYS;
    this.approvalLifetimeMs = env.APPROVAL_EXPIRES_AFTER_DAYS * DAY_MS;
    this.sessionLifetimeMs = env.SESSION_MAX_DAYS * DAY_MS;
    this.keyMaxAgeMs = toMaxAges(env.KEY_MAX_AGE_DAYS ?? '') ?? new Map();
    this.sandboxToken = env.SANDBOX === '1' ? (env.SANDBOX_TOKEN ?? randomToken(SANDBOX_TOKEN_BYTES)) : null;
    this.drainMs = 1_000 * (env.DRAIN_SECONDS ?? (this.isDemo || this.isSandbox ? 0 : DRAIN_SECONDS));
    const { SECRET_PEPPER, TOKEN_SIGNING_KEY, KYC_PROVIDERS } = secrets;
    const { providers, problems } = parseKycProviders(KYC_PROVIDERS);
    if (problems.length > 0) throw new ConfigurationError(problems);
    this.kycProviders = providers;
    if (SECRET_PEPPER === undefined || TOKEN_SIGNING_KEY === undefined)
      throw new Error('a secret is missing');
    this.secretPeppers = SECRET_PEPPER.split(',');
    const signingKeys = parseSigningKeys(TOKEN_SIGNING_KEY);
    if (signingKeys.problems.length > 0) throw new ConfigurationError(signingKeys.problems);
    this.tokenSigningKeys = signingKeys.pems;
  }

  /** Whether `databaseUrl` leads to a pooler. */
  get isPooled(): boolean {
    return this.directUrl !== this.databaseUrl;
  }

  get isSandbox(): boolean {
    return this.sandboxToken !== null;
  }
}

/**
 * Reads and validates the variables.
 * @throws ConfigurationError naming each bad variable, and each secret missing beside DATABASE_URL
 */
export function readEnv(source: NodeJS.ProcessEnv): EnvironmentVariables {
  const given = VARIABLE_NAMES.filter((name) => source[name] !== undefined && source[name] !== '');
  const env = plainToInstance(
    EnvironmentVariables,
    Object.fromEntries(given.map((name) => [name, source[name]])),
    {
      enableImplicitConversion: true,
      exposeDefaultValues: true,
    },
  );
  const problems = validateSync(env, { skipMissingProperties: false }).flatMap((error) =>
    Object.values(error.constraints ?? {}),
  );
  problems.push(...environmentProblems(env));
  if (problems.length > 0) throw new ConfigurationError(problems);
  return env;
}

/**
 * As `readEnv`, for a sandbox. A sandbox deletes data, so a `DATABASE_URL` left over from another command must not be
 * used silently.
 * @throws ConfigurationError
 */
export function readSandboxEnv(source: NodeJS.ProcessEnv): EnvironmentVariables {
  if (source.DATABASE_URL && source.SANDBOX !== '1')
    throw new ConfigurationError([
      'DATABASE_URL is set: a sandbox works on that database only with SANDBOX=1, without it on one of its own',
    ]);
  return readEnv({ ...source, SANDBOX: '1' });
}

/**
 * The URL of the database server for the migration commands, which need no secret.
 * @throws ConfigurationError when it is missing
 */
export function readDatabaseUrl(source: NodeJS.ProcessEnv): string {
  if (!source.DATABASE_URL) throw new ConfigurationError(['DATABASE_URL is required: the server to work on']);
  return source.DATABASE_DIRECT_URL || source.DATABASE_URL;
}

/** The URLs of the database of DATABASE_URL. @throws Error when there is none */
export function databaseUrlsOf(env: EnvironmentVariables): DatabaseUrls {
  const { DATABASE_URL, DATABASE_DIRECT_URL, DATABASE_OWNER_URL } = env;
  if (DATABASE_URL === undefined) throw new Error('DATABASE_URL is missing');
  return { url: DATABASE_URL, directUrl: DATABASE_DIRECT_URL, ownerUrl: DATABASE_OWNER_URL };
}

/** Each problem names its variable first. */
export class ConfigurationError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(`The configuration is not usable:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.name = 'ConfigurationError';
  }
}
