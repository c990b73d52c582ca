/** The keys that verify the callbacks of a KYC provider. */
export interface KycProvider {
  /** A signature by any of them is valid: there are several while one replaces another. */
  keys: readonly Buffer[];
  /** Whether one of the secrets is a plain text, as used before Standard Webhooks. */
  hasTextSecret: boolean;
}

/** By name. */
export type KycProviders = ReadonlyMap<string, KycProvider>;

interface ParsedProviders {
  providers: KycProviders;
  /** Each problem names the variable first, then the provider, never a secret. */
  problems: readonly string[];
}

type Key = Buffer | { problem: string };

const SECRET_PREFIX = 'whsec_';
const TEXT_PREFIX = 'text:';
/** A `|` is part of a plain text unless another secret begins after it. */
const BETWEEN_SECRETS = /\|(?=whsec_|text:)/;
const PAIR = /^([a-z0-9-]{1,64})=(.+)$/;
const TEXT_SECRET = /^\S{32,}$/;
/** Limits of the Standard Webhooks specification, in bytes. */
const KEY_MIN = 24;
const KEY_MAX = 64;

/** Reads `name=secret` pairs separated by commas; a provider may have several secrets, separated by `|`. */
export function parseKycProviders(text: string | undefined): ParsedProviders {
  const providers = new Map<string, KycProvider>();
  const problems: string[] = [];
  for (const [index, pair] of (text?.split(',') ?? []).entries()) {
    const [, name, secrets] = PAIR.exec(pair) ?? [];
    // The invalid text may contain a part of a secret, so the message does not repeat it.
    if (name === undefined || secrets === undefined)
      problems.push(`must be name=secret pairs, separated by commas, which pair ${index + 1} is not`);
    else if (providers.has(name))
      problems.push(`must name ${name} once; secrets of one provider are separated by |`);
    else {
      const all = secrets.split(BETWEEN_SECRETS);
      const keys = all.map(toKey);
      problems.push(...keys.flatMap((key) => ('problem' in key ? [`must give ${name} ${key.problem}`] : [])));
      providers.set(name, {
        keys: keys.filter((key) => Buffer.isBuffer(key)),
        hasTextSecret: all.some((secret) => secret.startsWith(TEXT_PREFIX)),
      });
    }
  }
  return { providers, problems: problems.map((problem) => `KYC_PROVIDERS ${problem}`) };
}

/** The same pairs, with `text:` before each secret that an earlier version stored without it. */
export function namingTextSecrets(pairs: string): string {
  return pairs.replace(/(^|,)([^,=]+)=(?!whsec_|text:)/g, `$1$2=${TEXT_PREFIX}`);
}

function toKey(secret: string): Key {
  if (secret.startsWith(SECRET_PREFIX)) return decoded(secret.slice(SECRET_PREFIX.length));
  if (secret.startsWith(TEXT_PREFIX)) return textKey(secret.slice(TEXT_PREFIX.length));
  const forms = 'whsec_<base64> (Standard Webhooks), or text:<32 characters or more>';
  return { problem: `a secret ${forms}, which is what an earlier version took without text:` };
}

function textKey(text: string): Key {
  return TEXT_SECRET.test(text)
    ? Buffer.from(text)
    : { problem: '32 characters or more after text:, without spaces' };
}

function decoded(base64: string): Key {
  const key = Buffer.from(base64, 'base64');
  const written = key.toString('base64');
  const isStandard = base64 === written || base64 === written.replace(/=+$/, '');
  return isStandard && key.length >= KEY_MIN && key.length <= KEY_MAX
    ? key
    : { problem: `a key of ${KEY_MIN} to ${KEY_MAX} bytes, in standard base64, after whsec_` };
}
