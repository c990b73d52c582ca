import { byCustomer, byPartOf, byPlatform, type ListSpec } from '../shared/listing.js';

/** How credentials are listed. */
export const CREDENTIAL_LIST: ListSpec = {
  select: `c.platform_id AS "platformId", c.id, c.kind, c.name, c.key, c.customer_id AS "customerId",
    c.admin_id AS "adminId", c.scopes, c.allowed_currencies AS "allowedCurrencies",
    c.allowed_networks AS "allowedNetworks", c.created_at AS "createdAt", c.expires_at AS "expiresAt",
    c.revoked_at AS "revokedAt", c.rotated_at AS "rotatedAt", c.last_used_at AS "lastUsedAt",
    c.previous_secret_expires_at AS "previousSecretExpiresAt"`,
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
