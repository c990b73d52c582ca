import { MAX_QUOTA_LIMIT, MAX_WINDOW_SECONDS, type Quota } from '../shared/quota.js';

/** Each rate limit with its default. */
const DEFAULTS = {
  /** Requests from one address: an IPv4 address, or a /64 of IPv6. */
  address: { limit: 100_000, windowSeconds: 10 },
  /** Requests with one credential, its access tokens included, or with one session. */
  credential: { limit: 50_000, windowSeconds: 10 },
  /** Failed authentications from one address. */
  'failed-authentication': { limit: 600, windowSeconds: 60 },
  /** Failed authentications of one key from one address. */
  'failed-key': { limit: 60, windowSeconds: 60 },
  /** Test deliveries of the webhooks of one platform. */
  'webhook-test': { limit: 60, windowSeconds: 3_600 },
  /** E-mails of one platform to one recipient. */
  'email-recipient': { limit: 50, windowSeconds: 86_400 },
  /** E-mails of one platform. */
  'email-platform': { limit: 10_000, windowSeconds: 86_400 },
} as const satisfies Record<string, Quota>;

export type RateLimitName = keyof typeof DEFAULTS;
/** `null`: no limit. */
export type RateLimits = Readonly<Record<RateLimitName, Quota | null>>;

export const RATE_LIMIT_NAMES = Object.keys(DEFAULTS) as readonly RateLimitName[];

/**
 * Reads limits that replace defaults: `credential=100/10s,address=off`.
 * @returns `null` when the text is malformed
 */
export function parseRateLimits(text: string): RateLimits | null {
  const limits: Record<RateLimitName, Quota | null> = { ...DEFAULTS };
  const named = new Set<string>();
  for (const pair of text === '' ? [] : text.split(',')) {
    const [, name = '', value = ''] = /^([a-z-]+)=(.+)$/.exec(pair) ?? [];
    const quota = parseQuota(value);
    if (!isName(name) || named.has(name) || quota === undefined) return null;
    named.add(name);
    limits[name] = quota;
  }
  return limits;
}

/** @throws Error when the text is malformed, which `readEnv` refuses */
export function rateLimitsOf(text = ''): RateLimits {
  const limits = parseRateLimits(text);
  if (limits === null) throw new Error('RATE_LIMITS is malformed');
  return limits;
}

function isName(text: string): text is RateLimitName {
  return Object.hasOwn(DEFAULTS, text);
}

/** `null` for `off`; `undefined` when the text is malformed. */
function parseQuota(text: string): Quota | null | undefined {
  if (text === 'off') return null;
  const [, limit = '', windowSeconds = ''] = /^([1-9]\d{0,9})\/([1-9]\d{0,4})s$/.exec(text) ?? [];
  const quota = { limit: Number(limit), windowSeconds: Number(windowSeconds) };
  const isInRange =
    quota.limit >= 1 && quota.limit <= MAX_QUOTA_LIMIT && quota.windowSeconds <= MAX_WINDOW_SECONDS;
  return isInRange ? quota : undefined;
}
