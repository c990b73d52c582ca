import { type ListSpec, containing } from '../shared/listing.js';
import { parseHouseId, parseTenantId } from '../shared/object-id.js';

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
    platform: {
      description: 'Of this platform; admins’ are of the house, plt_0.',
      schema: { type: 'string', pattern: '^plt_', example: 'plt_1' },
      sql: 'c.platform_id = ?::bigint',
      parse: (text) => (text === 'plt_0' ? '0' : parseHouseId('plt', text)),
    },
    customer: {
      description: 'Of this customer.',
      schema: { type: 'string', pattern: '^cus_', example: 'cus_1_1' },
      sql: `c.platform_id = split_part(?, ' ', 1)::bigint AND c.customer_id = split_part(?, ' ', 2)::bigint`,
      parse: (text) => {
        const name = parseTenantId('cus', text);
        return name === null ? null : `${name.platformId} ${name.id}`;
      },
    },
    kind: {
      description: 'Of this kind.',
      schema: { type: 'string', enum: ['owner', 'platform', 'admin'] },
      sql: 'c.kind = ?',
    },
    key: { description: 'With this key.', schema: { type: 'string' }, sql: 'c.key = ?' },
    name: {
      description: 'With this in its name, ignoring case.',
      schema: { type: 'string' },
      sql: 'c.name ILIKE ?',
      parse: containing,
    },
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
