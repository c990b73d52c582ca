import type { DataSource } from 'typeorm';

/**
 * A checksum of each table, except the named ones, the usage of rate limits, which a refused request counts too, and the
 * columns of when credentials were last used.
 */
export async function fingerprintOf(
  dataSource: DataSource,
  except: 'audit and idempotency' | 'idempotency',
): Promise<Record<string, string>> {
  const tables = await dataSource.query<{ name: string }[]>(
    `SELECT table_name AS name FROM information_schema.tables
     WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND table_name !~ $1`,
    [
      except === 'idempotency'
        ? '^(idempotency|migrations|rate_limit)'
        : '^(audit|idempotency|migrations|rate_limit)',
    ],
  );
  const sums = tables.map(
    ({ name }) =>
      `SELECT '${name}' AS name, count(*) || ' ' ||
         coalesce(sum(hashtext((to_jsonb(t) - 'last_used_at')::text)), 0) AS sum FROM ${name} t`,
  );
  const rows = await dataSource.query<{ name: string; sum: string }[]>(sums.join(' UNION ALL '));
  return Object.fromEntries(rows.map(({ name, sum }) => [name, sum]));
}
