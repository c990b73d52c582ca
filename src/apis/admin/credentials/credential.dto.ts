import type { CredentialView, IssuedCredential } from '../../../auth/credential-administration.service.js';
import { MAX_OVERLAP_SECONDS } from '../../../auth/credential-administration.service.js';
import { rateLimitOf } from '../../../auth/credential-lookup.js';
import { isNetwork } from '../../../shared/networks.js';
import { MAX_QUOTA_LIMIT, MAX_WINDOW_SECONDS } from '../../../shared/quota.js';
import { toSystemId, toTenantId } from '../../../shared/object-id.js';
import { Choice, Integer, Text, TextList, Time } from '../../../http/request-properties.js';
import {
  Reason,
  ResponseProperty,
  ResponseKind,
  NullableResponseProperty,
  ResponseTime,
  NullableResponseTime,
  toTime,
  toTimeOrNull,
} from '../properties.js';

/** Requests that a credential may send, its access tokens included. */
export class RateLimitResponse {
  @ResponseProperty('Requests in a window.', 1_000)
  requests!: number;

  @ResponseProperty('Seconds of a window.', 10)
  windowSeconds!: number;
}

/** A credential, always without its secret. */
export class CredentialResponse {
  @ResponseKind('credential')
  object!: 'credential';

  @ResponseProperty('Its id.', 'crd_1_1')
  id!: string;

  @ResponseProperty('Whose API it opens.', 'owner', { enum: ['owner', 'platform', 'admin'] })
  kind!: string;

  @ResponseProperty('For people.', 'back office')
  name!: string;

  @ResponseProperty('The key.', 'vk_1_QJ4NlBMYwhHUThWXe6HkaA')
  key!: string;

  @ResponseProperty('Its platform.', 'plt_1')
  platform!: string;

  @NullableResponseProperty('The customer it belongs to; owner keys only.', 'cus_1_1')
  customer!: string | null;

  @NullableResponseProperty('The admin it belongs to; admin keys only.', null)
  admin!: string | null;

  @ResponseProperty('What it may do.', ['accounts:read', 'accounts:write'], { type: [String] })
  scopes!: string[];

  @ResponseProperty('The currencies it may open accounts in; null: any.', ['EUR'], {
    type: [String],
    nullable: true,
  })
  allowedCurrencies!: string[] | null;

  @ResponseProperty('The networks it may be used from (CIDR); null: any.', ['192.0.2.0/24'], {
    type: [String],
    nullable: true,
  })
  allowedNetworks!: string[] | null;

  @ResponseProperty('Its rate limit; null: the default.', null, { type: RateLimitResponse, nullable: true })
  rateLimit!: RateLimitResponse | null;

  @ResponseProperty('Whether it can be used.', 'live', { enum: ['live', 'expired', 'revoked'] })
  state!: string;

  @ResponseTime('When it was issued.')
  createdAt!: string;

  @NullableResponseTime('When it ends.')
  expiresAt!: string | null;

  @NullableResponseTime('When it was revoked.')
  revokedAt!: string | null;

  @NullableResponseTime('When its secret was last changed.')
  rotatedAt!: string | null;

  @NullableResponseTime('Until when the secret before is good.')
  previousSecretExpiresAt!: string | null;

  @NullableResponseTime('When it was last used, up to half a minute behind.')
  lastUsedAt!: string | null;
}

/** A credential with its secret, which is returned only once. */
export class IssuedCredentialResponse extends CredentialResponse {
  @ResponseProperty('The secret. Only its hash is kept.', 'vs_UO_Jbvn0DKFwHeD7A8M3CHbL0t0b11iwblsg4nFbIV4')
  secret!: string;
}

const SCOPE = /^[a-z-]+:[a-z]+$/;
const CURRENCY = /^[A-Z0-9]{3,10}$/;

export class IssueCredentialRequest {
  @Choice('required', { description: 'Whose API it opens.', values: ['owner', 'platform'], example: 'owner' })
  kind!: 'owner' | 'platform';

  @Text('required', { description: 'For people.', example: 'back office', min: 3, max: 100 })
  name!: string;

  @Text('optional', { description: 'The customer it belongs to; for `owner`.', example: 'cus_1_1', max: 60 })
  customer?: string;

  @Text('optional', { description: 'The platform it belongs to; for `platform`.', example: 'plt_1', max: 40 })
  platform?: string;

  @TextList('optional', {
    description: 'What it may do; all that its kind may, when missing.',
    example: ['accounts:read'],
    max: 20,
    what: 'scopes',
    items: { pattern: SCOPE.source },
    holds: (text) => SCOPE.test(text),
  })
  scopes?: string[];

  @Time('nullable', { description: 'When it ends.' })
  expiresAt?: string | null;

  @TextList('nullable', {
    description: 'Currencies it may open accounts in; null: any.',
    example: ['EUR'],
    max: 300,
    what: 'currency codes',
    items: { pattern: CURRENCY.source },
    holds: (text) => CURRENCY.test(text),
  })
  allowedCurrencies?: string[] | null;

  @TextList('nullable', {
    description: 'Networks it may be used from (CIDR); null: any.',
    example: ['192.0.2.0/24'],
    max: 50,
    what: 'CIDR blocks',
    items: { maxLength: 43 },
    holds: isNetwork,
  })
  allowedNetworks?: string[] | null;

  @Reason()
  reason!: string;
}

export class RotateCredentialRequest {
  @Integer('optional', {
    description: 'How long the secret before stays good; a day when missing. 0 ends it at once.',
    example: 3600,
    min: 0,
    max: MAX_OVERLAP_SECONDS,
  })
  overlapSeconds?: number;

  @Reason()
  reason!: string;
}

export class ChangeRateLimitRequest {
  @Integer('nullable', {
    description: 'Requests in a window; null or missing: the default of the server.',
    example: 1_000,
    min: 1,
    max: MAX_QUOTA_LIMIT,
  })
  requests?: number | null;

  @Integer('optional', {
    description: 'Seconds of a window; 10 when missing.',
    example: 10,
    min: 1,
    max: MAX_WINDOW_SECONDS,
  })
  windowSeconds?: number;

  @Reason()
  reason!: string;
}

/** @param now the time against which expiry is checked */
export function presentCredential(credential: CredentialView, now: Date): CredentialResponse {
  const { platformId, id, kind, name, key, customerId, adminId, scopes, expiresAt, revokedAt } = credential;
  const { allowedCurrencies, allowedNetworks } = credential;
  const rateLimit = rateLimitOf(credential);
  const isExpired = expiresAt !== null && expiresAt <= now;
  return {
    object: 'credential',
    id: toTenantId('crd', platformId, id),
    kind,
    name,
    key,
    scopes,
    platform: toSystemId('plt', platformId),
    customer: customerId === null ? null : toTenantId('cus', platformId, customerId),
    admin: adminId === null ? null : toTenantId('adm', platformId, adminId),
    allowedCurrencies,
    allowedNetworks,
    rateLimit:
      rateLimit === null ? null : { requests: rateLimit.limit, windowSeconds: rateLimit.windowSeconds },
    state: revokedAt !== null ? 'revoked' : isExpired ? 'expired' : 'live',
    createdAt: toTime(credential.createdAt),
    expiresAt: toTimeOrNull(expiresAt),
    revokedAt: toTimeOrNull(revokedAt),
    rotatedAt: toTimeOrNull(credential.rotatedAt),
    previousSecretExpiresAt: toTimeOrNull(credential.previousSecretExpiresAt),
    lastUsedAt: toTimeOrNull(credential.lastUsedAt),
  };
}

export function presentIssued(credential: IssuedCredential, now: Date): IssuedCredentialResponse {
  return { ...presentCredential(credential, now), secret: credential.secret };
}
