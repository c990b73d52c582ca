import { columns } from '../database/columns.js';
import { Credential } from '../entities/credential.entity.js';
import { byCustomer, byPartOf, byPlatform, type ListSpec } from '../shared/listing.js';

/** The list of credentials. */
export const CREDENTIAL_LIST: ListSpec = {
  select: columns(Credential, 'c', [
    'platformId',
    'id',
    'kind',
    'name',
    'key',
    'customerId',
    'adminId',
    'scopes',
    'rateLimit',
    'rateLimitWindowSeconds',
    'allowedCurrencies',
    'allowedNetworks',
    'createdAt',
    'expiresAt',
    'revokedAt',
    'rotatedAt',
    'lastUsedAt',
    'previousSecretExpiresAt',
  ]),
  from: 'credentials c',
  key: 'c.id',
  filters: {
    platform: byPlatform('c.platform_id'),
    customer: byCustomer('c'),
    kind: {
      description: 'Of this kind.',
      schema: { type: 'string', enum: ['owner', 'platform', 'admin'] },
      sql: 'c.kind = ?',
    },
    key: { description: 'With this key.', schema: { type: 'string' }, sql: 'c.key = ?' },
    name: byPartOf('c.name', 'With this in its name, ignoring case.'),
    state: {
      description: 'Live, or revoked.',
      schema: { type: 'string', enum: ['live', 'revoked'] },
      sql: `(c.revoked_at IS NULL) = (? = 'live')`,
    },
  },
  sorts: {
    createdAt: { sql: 'c.created_at', type: 'timestamptz' },
    lastUsedAt: { sql: `COALESCE(c.last_used_at, '-infinity')`, type: 'timestamptz' },
    name: { sql: 'c.name', type: 'text' },
  },
  defaultSort: '-createdAt',
};
