import type { LookupSpec } from '../database/batched-lookup.js';
import { PLATFORM_ID } from '../database/row-columns.js';
import type { Admin } from '../entities/admin.entity.js';
import type { Credential } from '../entities/credential.entity.js';
import type { CustomerStatus } from '../entities/customer.entity.js';
import type { PlatformStatus } from '../entities/platform.entity.js';

/** What decides whether a credential is good, and for what. */
export type CredentialRow = Pick<
  Credential,
  | 'platformId'
  | 'id'
  | 'kind'
  | 'customerId'
  | 'name'
  | 'secretHash'
  | 'previousSecretHash'
  | 'previousSecretExpiresAt'
  | 'allowedCurrencies'
  | 'allowedNetworks'
  | 'scopes'
  | 'createdAt'
  | 'expiresAt'
  | 'revokedAt'
  | 'rotatedAt'
> & {
  platformStatus: PlatformStatus;
  /** Of the customer it belongs to; `null`: to none. */
  customerStatus: CustomerStatus | null;
  /** The admin that owns the credential, if one does. */
  admin: Pick<Admin, 'id' | 'name' | 'role' | 'status'> | null;
};

const COLUMNS = `c.platform_id AS "platformId", c.id, c.kind, c.customer_id AS "customerId", c.name,
    c.secret_hash AS "secretHash", c.previous_secret_hash AS "previousSecretHash",
    c.previous_secret_expires_at AS "previousSecretExpiresAt",
    array_to_json(c.allowed_currencies) AS "allowedCurrencies",
    array_to_json(c.allowed_networks) AS "allowedNetworks", array_to_json(c.scopes) AS scopes,
    c.created_at AS "createdAt", c.expires_at AS "expiresAt", c.revoked_at AS "revokedAt",
    c.rotated_at AS "rotatedAt", platform.status AS "platformStatus",
    customer.status AS "customerStatus",
    CASE WHEN admin.id IS NOT NULL THEN json_build_object('id', admin.id::text, 'name', admin.name,
      'role', admin.role, 'status', admin.status) END AS admin`;

function fromSql(match: string): string {
  return `CROSS JOIN LATERAL (SELECT * FROM credentials
      WHERE platform_id = wanted.platform_id AND ${match} LIMIT 1) c
    JOIN platforms platform ON platform.id = c.platform_id
    LEFT JOIN customers customer ON customer.platform_id = c.platform_id AND customer.id = c.customer_id
    LEFT JOIN admins admin ON admin.platform_id = c.platform_id AND admin.id = c.admin_id`;
}

type ByKey = Pick<Credential, 'platformId' | 'key'>;
type ById = Pick<Credential, 'platformId' | 'id'>;

export const CREDENTIAL_BY_KEY: LookupSpec<ByKey> = {
  name: 'find-credential-by-key',
  keys: [PLATFORM_ID, { name: 'key', type: 'text', of: ({ key }) => key }],
  select: COLUMNS,
  from: fromSql('key = wanted.key'),
};

export const CREDENTIAL_BY_ID: LookupSpec<ById> = {
  name: 'find-credential-by-id',
  keys: [PLATFORM_ID, { name: 'id', type: 'bigint', of: ({ id }) => id }],
  select: COLUMNS,
  from: fromSql('id = wanted.id'),
};
