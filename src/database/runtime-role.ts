import type { DataSource } from 'typeorm';

/** Tables that the server may only insert into: the ledger, the audit trail and its chain. */
const APPEND_ONLY = ['audit_entries', 'audit_seals', 'audit_keys', 'transfers', 'pepper_checks'] as const;
/** Tables that only migrations write. */
const READ_ONLY = ['migrations'] as const;

/** Whether the role has all its privileges, on every table and sequence. */
const IS_GRANTED = `SELECT coalesce(bool_and(
    CASE c.relkind WHEN 'S' THEN has_sequence_privilege($1, c.oid, 'USAGE') ELSE
      has_table_privilege($1, c.oid, 'SELECT')
      AND has_table_privilege($1, c.oid, 'INSERT') = (c.relname <> ALL ($3))
      AND has_table_privilege($1, c.oid, 'UPDATE') = (c.relname <> ALL ($2 || $3))
      AND has_table_privilege($1, c.oid, 'DELETE') = (c.relname <> ALL ($2 || $3))
      AND NOT has_table_privilege($1, c.oid, 'TRUNCATE')
    END), false) AS granted
  FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'S')`;

/**
 * Whether no privilege is missing: a GRANT, even of an existing privilege, makes every session plan its statements
 * again.
 * @throws Error when there is no such role
 */
export async function isGranted(owner: DataSource, role: string): Promise<boolean> {
  const [row] = await owner.query<[{ granted: boolean }]>(IS_GRANTED, [role, APPEND_ONLY, READ_ONLY]);
  return row.granted;
}

/**
 * Grants the role that the server runs as only the privileges that it needs: it reads and writes rows, cannot change or
 * delete those of the ledger and the audit trail, and owns no table that it could alter. The server empties the queue
 * of the audit trail (`audit_unsealed`), so it may delete from that.
 * @param owner connected as the owner of the tables; run by one process at a time, because PostgreSQL refuses
 *   concurrent grants
 * @throws Error when there is no such role
 */
export async function grantRuntimeRole(owner: DataSource, role: string): Promise<void> {
  const name = `"${role.replaceAll('"', '""')}"`;
  const revoked = APPEND_ONLY.map((table) => `REVOKE UPDATE, DELETE, TRUNCATE ON ${table} FROM ${name}`);
  const reading = READ_ONLY.map(
    (table) => `REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON ${table} FROM ${name}`,
  );
  const statements = [
    `GRANT USAGE ON SCHEMA public TO ${name}`,
    `GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO ${name}`,
    `GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO ${name}`,
    ...revoked,
    ...reading,
  ];
  await owner.transaction(async (tx) => {
    for (const statement of statements) await tx.query(statement);
  });
}
