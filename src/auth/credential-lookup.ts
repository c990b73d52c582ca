import { columns } from '../database/columns.js';
import { defineLookup } from '../database/batched-lookup.js';
import { PLATFORM_ID } from '../database/row-columns.js';
import type { Admin } from '../entities/admin.entity.js';
import { Credential } from '../entities/credential.entity.js';
import type { CustomerStatus } from '../entities/customer.entity.js';
import type { PlatformStatus } from '../entities/platform.entity.js';
import type { Quota } from '../shared/quota.js';

const OF_CREDENTIAL = [
  'platformId',
  'id',
  'kind',
  'customerId',
  'name',
  'secretHash',
  'previousSecretHash',
  'previousSecretExpiresAt',
  'allowedCurrencies',
  'allowedNetworks',
  'scopes',
  'rateLimit',
  'rateLimitWindowSeconds',
  'createdAt',
  'expiresAt',
  'revokedAt',
  'rotatedAt',
] as const satisfies readonly (keyof Credential)[];

/** What decides whether a credential is valid, and its authority. */
export type CredentialRow = Pick<Credential, (typeof OF_CREDENTIAL)[number]> & {
  platformStatus: PlatformStatus;
  /** Status of the customer that owns the credential; `null`: no customer does. */
  customerStatus: CustomerStatus | null;
  /** The admin that owns the credential, if one does. */
  admin: Pick<Admin, 'id' | 'name' | 'role' | 'status'> | null;
};

const COLUMNS = `${columns(Credential, 'c', OF_CREDENTIAL)}, platform.status AS "platformStatus",
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

export const CREDENTIAL_BY_KEY = defineLookup<ByKey>({
  name: 'find-credential-by-key',
  keys: [PLATFORM_ID, { name: 'key', type: 'text', of: ({ key }) => key }],
  select: COLUMNS,
  from: fromSql('key = wanted.key'),
});

export const CREDENTIAL_BY_ID = defineLookup<ById>({
  name: 'find-credential-by-id',
  keys: [PLATFORM_ID, { name: 'id', type: 'bigint', of: ({ id }) => id }],
  select: COLUMNS,
  from: fromSql('id = wanted.id'),
});

/** The rate limit of a credential; `null`: the default. */
export function rateLimitOf({
  rateLimit: limit,
  rateLimitWindowSeconds: windowSeconds,
}: Pick<Credential, 'rateLimit' | 'rateLimitWindowSeconds'>): Quota | null {
  return limit === null || windowSeconds === null ? null : { limit, windowSeconds };
}
