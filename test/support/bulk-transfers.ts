import type { DataSource } from 'typeorm';
import type { TenantObject } from '../../src/shared/object-id.js';

/**
 * Writes an even number of transfers of 1 minor unit alternately between two accounts, faster than posting could: one
 * per millisecond, beginning now. Both accounts have the same balance at the end as before.
 */
export async function bulkTransfers(
  dataSource: DataSource,
  a: TenantObject,
  b: TenantObject,
  pairs: number,
): Promise<void> {
  await dataSource.query(
    `WITH start AS (
       SELECT x.currency_code, x.posted_minor AS a_minor, y.posted_minor AS b_minor,
         GREATEST(x.updated_at, y.updated_at, date_trunc('milliseconds', clock_timestamp())) AS at
       FROM balances x, balances y
       WHERE x.platform_id = $1 AND x.account_id = $2 AND y.platform_id = $1 AND y.account_id = $3
     ), numbered AS (
       SELECT i, nextval('transfers_id_seq') AS id FROM generate_series(0, 2 * $4::int - 1) i
     ), written AS (
       INSERT INTO transfers (platform_id, id, journal_id, kind, debit_account_id, credit_account_id, currency_code,
         amount_minor, debit_posted_minor, credit_posted_minor, posted_at, effective_date, description, metadata)
       SELECT $1, id, id, 'transfer', CASE WHEN i % 2 = 0 THEN $2 ELSE $3 END, CASE WHEN i % 2 = 0 THEN $3 ELSE $2 END,
         currency_code, 1, CASE WHEN i % 2 = 0 THEN a_minor - 1 ELSE b_minor END,
         CASE WHEN i % 2 = 0 THEN b_minor + 1 ELSE a_minor END, at + i * interval '1 millisecond',
         (at AT TIME ZONE 'UTC')::date, 'bulk ' || i, '{}'
       FROM numbered, start RETURNING posted_at
     )
     UPDATE balances SET updated_at = (SELECT max(posted_at) FROM written)
     WHERE platform_id = $1 AND account_id IN ($2, $3)`,
    [a.platformId, a.id, b.id, pairs],
  );
  await dataSource.query('ANALYZE transfers');
}
