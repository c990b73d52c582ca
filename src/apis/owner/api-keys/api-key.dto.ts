import { ApiProperty } from '@nestjs/swagger';
import { Integer, Text, TextList, Time } from '../../../http/request-properties.js';
import { OWNER_SCOPES } from '../../../auth/caller.js';
import {
  type CredentialView,
  type IssuedCredential,
  MAX_OVERLAP_SECONDS,
} from '../../../auth/credential-administration.service.js';
import { isNetwork } from '../../../shared/networks.js';

const TIME = { type: String, format: 'date-time', nullable: true, example: null };

/** A key of the owner, never with its secret. */
export class OwnerApiKeyResponse {
  @ApiProperty({
    description: 'Identifies the key in calls: the key itself.',
    example: 'vk_1_QJ4NlBMYwhHUThWXe6HkaA',
  })
  id!: string;

  @ApiProperty({ description: 'For people.', example: 'back office' })
  name!: string;

  @ApiProperty({ description: 'The key: what X-API-KEY takes.', example: 'vk_1_QJ4NlBMYwhHUThWXe6HkaA' })
  key!: string;

  @ApiProperty({
    description: 'What it may do.',
    enum: OWNER_SCOPES,
    isArray: true,
    example: ['accounts:read'],
  })
  scopes!: string[];

  @ApiProperty({
    description: 'The currencies it may open accounts in; null: any.',
    type: [String],
    nullable: true,
    example: null,
  })
  allowedCurrencies!: string[] | null;

  @ApiProperty({
    description: 'The networks it may be used from (CIDR); null: any.',
    type: [String],
    nullable: true,
    example: ['192.0.2.0/24'],
  })
  allowedNetworks!: string[] | null;

  @ApiProperty({
    description: 'When it was issued.',
    format: 'date-time',
    example: '2026-01-15T09:30:00.000Z',
  })
  createdAt!: string;

  @ApiProperty({ ...TIME, description: 'When it ends.' })
  expiresAt!: string | null;

  @ApiProperty({ ...TIME, description: 'When it was revoked.' })
  revokedAt!: string | null;

  @ApiProperty({ ...TIME, description: 'Expiry of the previous secret after a rotation.' })
  previousSecretExpiresAt!: string | null;

  @ApiProperty({ ...TIME, description: 'When it was last used, up to half a minute behind.' })
  lastUsedAt!: string | null;
}

/** A key with its secret, which is shown this once. */
export class OwnerIssuedApiKeyResponse extends OwnerApiKeyResponse {
  @ApiProperty({
    description: 'The secret: what X-API-SECRET takes. Only its hash is kept.',
    example: 'vs_UO_Jbvn0DKFwHeD7A8M3CHbL0t0b11iwblsg4nFbIV4',
  })
  secret!: string;
}

export class IssueApiKeyRequest {
  @Text('required', { description: 'For people.', example: 'back office', min: 3, max: 100 })
  name!: string;

  @TextList('optional', {
    description: 'Scopes: at most those of the calling key, which are the default.',
    example: ['accounts:read'],
    max: OWNER_SCOPES.length,
    what: OWNER_SCOPES.join(', '),
    items: { enum: [...OWNER_SCOPES] },
    holds: (text) => OWNER_SCOPES.includes(text as (typeof OWNER_SCOPES)[number]),
  })
  scopes?: string[];

  @Time('nullable', {
    description: 'Expiry: at the latest that of the calling key, which is the default.',
    example: '2027-01-15T00:00:00Z',
  })
  expiresAt?: string | null;

  @TextList('nullable', {
    description:
      'Currencies it may open accounts in: at most those of the calling key, which are the default.',
    example: ['EUR'],
    max: 300,
    what: 'currency codes',
    items: { pattern: '^[A-Z0-9]{3,10}$' },
    holds: (text) => /^[A-Z0-9]{3,10}$/.test(text),
  })
  allowedCurrencies?: string[] | null;

  @TextList('nullable', {
    description:
      'Networks it may be used from (CIDR): within those of the calling key, which are the default.',
    example: ['192.0.2.0/24'],
    max: 50,
    what: 'CIDR blocks',
    items: { maxLength: 43 },
    holds: isNetwork,
  })
  allowedNetworks?: string[] | null;
}

export class RotateApiKeyRequest {
  @Integer('optional', {
    description: 'Seconds for which the previous secret stays valid; a day when missing. 0 ends it at once.',
    example: 3600,
    min: 0,
    max: MAX_OVERLAP_SECONDS,
  })
  overlapSeconds?: number;
}

export function presentApiKey(credential: CredentialView): OwnerApiKeyResponse {
  const { name, key, scopes, allowedCurrencies, allowedNetworks, createdAt } = credential;
  const { expiresAt, revokedAt, previousSecretExpiresAt, lastUsedAt } = credential;
  return {
    id: key,
    name,
    key,
    scopes,
    allowedCurrencies,
    allowedNetworks,
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt?.toISOString() ?? null,
    revokedAt: revokedAt?.toISOString() ?? null,
    previousSecretExpiresAt: previousSecretExpiresAt?.toISOString() ?? null,
    lastUsedAt: lastUsedAt?.toISOString() ?? null,
  };
}

export function presentIssuedKey(credential: IssuedCredential): OwnerIssuedApiKeyResponse {
  return { ...presentApiKey(credential), secret: credential.secret };
}
