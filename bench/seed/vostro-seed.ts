import { createHmac } from 'node:crypto';
import type { Client } from 'pg';
import { DataSource } from 'typeorm';
import { ADMIN_SCOPES, OWNER_SCOPES, SCOPES } from '../../src/auth/caller.js';
import { dataSourceOptions } from '../../src/database/data-source-options.js';
import { migrate } from '../../src/database/migrate.js';
import { seedReferenceData } from '../../src/database/seeds/reference-data.js';
import {
  ADMIN_KEY,
  ADMIN_SECRET,
  CURRENCIES,
  FUNDED_ACCOUNTS,
  FUNDS_MINOR,
  JURISDICTION,
  ownerKey,
  OWNERS,
  ownerSecret,
  PEPPER,
  PLATFORM_ID,
  PLATFORM_KEY,
  PLATFORM_SECRET,
} from '../workloads/tenant.js';

/** Account ids: 1 … OWNERS for the owners, then those with funds, then the settlement account. */
const SETTLEMENT_ID = OWNERS + FUNDED_ACCOUNTS + 1;
const ACCOUNT_COLUMNS = `platform_id, id, customer_id, channel, public_id, number, currency_code, status, alias,
  account_identifier, display_name, contact_email, funding_notification_emails, created_at, updated_at`;
const BALANCE_COLUMNS = `platform_id, id, account_id, currency_code, may_be_negative, posted_minor, locked_minor,
  created_at, updated_at`;
const FIRST_CURRENCY = CURRENCIES[0] ?? '';

/** The tenant, customers and accounts of workloads/, consistent, so that the ledger verifies clean. */
const TENANT_SQL = [
  `INSERT INTO jurisdictions (code, name, created_at) VALUES ('${JURISDICTION}', 'Benchmark', now())`,
  `INSERT INTO jurisdiction_currencies (jurisdiction_code, currency_code, created_at)
   SELECT '${JURISDICTION}', code, now() FROM currencies WHERE kind = 'fiat'`,
  `INSERT INTO platforms (id, name, status, kyc_agreement, home_jurisdiction_code, kyc_expiry_restricts_debits,
     created_at, updated_at)
   VALUES (${PLATFORM_ID}, 'Benchmark', 'verified', 'delegated', '${JURISDICTION}', false, now(), now())`,
  `INSERT INTO customers (platform_id, id, identifier, display_name, status, kyc_status, kyc_evidence,
     country_of_residence, debits_restricted, created_at, updated_at)
   SELECT ${PLATFORM_ID}, n + 1, 'customer-' || n, 'Customer ' || n, 'active', 'approved', 'benchmark',
     '${JURISDICTION}', false, now(), now() FROM generate_series(0, ${OWNERS - 1}) n`,
  `INSERT INTO workspaces (platform_id, id, customer_id, created_at)
   SELECT ${PLATFORM_ID}, n, n, now() FROM generate_series(1, ${OWNERS}) n`,
  `INSERT INTO sessions (platform_id, id, created_at) VALUES (${PLATFORM_ID}, 1, now())`,
  `INSERT INTO accounts (${ACCOUNT_COLUMNS})
   SELECT ${PLATFORM_ID}, n + 1, n + 1, 'owner', 'acc_OWNER' || lpad(n::text, 6, '0'), lpad((n + 1)::text, 12, '0'),
     '${FIRST_CURRENCY}', 'active', '', NULL, NULL, NULL, '{}', now(), now() FROM generate_series(0, ${OWNERS - 1}) n`,
  `INSERT INTO accounts (${ACCOUNT_COLUMNS})
   SELECT ${PLATFORM_ID}, ${OWNERS} + n + 1, n % ${OWNERS} + 1, 'platform', 'acc_FUNDED' || lpad(n::text, 6, '0'),
     lpad((${OWNERS} + n + 1)::text, 12, '0'), 'USD', 'active', '', 'funded-' || n, 'Funded ' || n,
     'treasury@example.com', '{}', now(), now() FROM generate_series(0, ${FUNDED_ACCOUNTS - 1}) n`,
  `INSERT INTO accounts (${ACCOUNT_COLUMNS})
   VALUES (${PLATFORM_ID}, ${SETTLEMENT_ID}, NULL, 'settlement', 'acc_SETTLEMENT', lpad('${SETTLEMENT_ID}', 12, '0'),
     'USD', 'active', '', NULL, NULL, NULL, '{}', now(), now())`,
  `INSERT INTO balances (${BALANCE_COLUMNS})
   SELECT platform_id, id, id, currency_code, channel = 'settlement',
     CASE channel WHEN 'platform' THEN ${FUNDS_MINOR} WHEN 'settlement' THEN -${FUNDS_MINOR * FUNDED_ACCOUNTS} ELSE 0 END,
     0, now(), now() FROM accounts ORDER BY id`,
  `INSERT INTO transfers (platform_id, id, journal_id, kind, debit_account_id, credit_account_id, currency_code,
     amount_minor, debit_posted_minor, credit_posted_minor, posted_at, effective_date, reference, description, metadata)
   SELECT ${PLATFORM_ID}, n, n, 'deposit', ${SETTLEMENT_ID}, ${OWNERS} + n, 'USD', ${FUNDS_MINOR}, -${FUNDS_MINOR} * n,
     ${FUNDS_MINOR}, now(), current_date, NULL, 'to begin with', '{}' FROM generate_series(1::bigint, ${FUNDED_ACCOUNTS}) n`,
  `INSERT INTO admins (platform_id, id, name, role, status, created_at, updated_at)
   VALUES (0, 1, 'Benchmark', 'operator', 'active', now(), now())`,
];

const CREDENTIALS_SQL = `INSERT INTO credentials (platform_id, id, kind, customer_id, admin_id, name, key, secret_hash,
    scopes, created_at)
  SELECT platform, number, $1, customer, admin, 'benchmark', key, hash, $2, now()
  FROM unnest($3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::text[], $8::bytea[])
    AS credential(platform, number, customer, admin, key, hash)`;

/** Accounts that exist before the measurements, in addition to those of the tenant. */
const GROWN_SQL = [
  `INSERT INTO accounts (${ACCOUNT_COLUMNS})
   SELECT ${PLATFORM_ID}, n, n % ${OWNERS} + 1, 'platform', 'acc_' || upper(substr(md5(n::text), 1, 16)),
     lpad(n::text, 12, '0'), 'USD', 'active', '', 'grown-' || n, 'Grown ' || n, 'treasury@example.com', '{}', now(),
     now() FROM generate_series($1::bigint, $2::bigint) n`,
  `INSERT INTO balances (${BALANCE_COLUMNS})
   SELECT ${PLATFORM_ID}, n, n, 'USD', false, 0, 0, now(), now() FROM generate_series($1::bigint, $2::bigint) n`,
];
const GROWN_AT_ONCE = 250_000;

const SEQUENCES = [
  'accounts',
  'balances',
  'customers',
  'workspaces',
  'sessions',
  'credentials',
  'admins',
].map((table) => [`${table}_id_seq`, table]);

/** Seeds a migrated database with the tenant of workloads/tenant.ts. @param accounts minimum number of accounts */
export async function seedVostro(url: string, client: Client, accounts: number): Promise<void> {
  await migrate(url);
  const dataSource = await new DataSource(dataSourceOptions(url, 1)).initialize();
  try {
    await dataSource.transaction((tx) => seedReferenceData(tx, new Date()));
  } finally {
    await dataSource.destroy();
  }
  // The inserted rows are consistent by construction; foreign keys are enforced again afterwards.
  await client.query('SET session_replication_role = replica');
  for (const statement of TENANT_SQL) await client.query(statement);
  await seedCredentials(client);
  for (let first = SETTLEMENT_ID + 1; first <= accounts; first += GROWN_AT_ONCE)
    for (const statement of GROWN_SQL)
      await client.query(statement, [first, Math.min(first + GROWN_AT_ONCE - 1, accounts)]);
  for (const [sequence, table] of [...SEQUENCES, ['transfers_id_seq', 'transfers']])
    await client.query(`SELECT setval('${sequence}', (SELECT max(id) FROM ${table}))`);
  await client.query('RESET session_replication_role');
  await client.query('VACUUM ANALYZE');
}

async function seedCredentials(client: Client): Promise<void> {
  const owners = Array.from({ length: OWNERS }, (_, owner) => owner);
  await insertCredentials(client, 'owner', OWNER_SCOPES, {
    platforms: owners.map(() => PLATFORM_ID),
    customers: owners.map((owner) => owner + 1),
    admins: owners.map(() => null),
    keys: owners.map(ownerKey),
    secrets: owners.map(ownerSecret),
  });
  const alone = { customers: [null], admins: [null] };
  await insertCredentials(client, 'platform', SCOPES, {
    ...alone,
    platforms: [PLATFORM_ID],
    keys: [PLATFORM_KEY],
    secrets: [PLATFORM_SECRET],
  });
  await insertCredentials(client, 'admin', ADMIN_SCOPES, {
    ...alone,
    admins: [1],
    platforms: ['0'],
    keys: [ADMIN_KEY],
    secrets: [ADMIN_SECRET],
  });
}

interface NewCredentials {
  platforms: string[];
  customers: (number | null)[];
  admins: (number | null)[];
  keys: string[];
  secrets: string[];
}

async function insertCredentials(
  client: Client,
  kind: string,
  scopes: readonly string[],
  { platforms, customers, admins, keys, secrets }: NewCredentials,
): Promise<void> {
  const { rows } = await client.query<{ taken: string }>('SELECT count(*) AS taken FROM credentials');
  const taken = Number(rows[0]?.taken);
  const ids = keys.map((_, index) => taken + index + 1);
  const hashes = secrets.map(secretHash);
  await client.query(CREDENTIALS_SQL, [kind, scopes, platforms, ids, customers, admins, keys, hashes]);
}

/** Hashes a credential's secret as the server does, under the pepper of the benchmarks. */
export function secretHash(secret: string): Buffer {
  return createHmac('sha256', PEPPER).update(secret).digest();
}
