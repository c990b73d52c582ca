import type { DataSource } from 'typeorm';

/** Tables whose rows the server only adds: what was posted, what happened, and the chain over it. */
const APPEND_ONLY = ['audit_entries', 'audit_seals', 'audit_keys', 'transfers'] as const;
/** Written by migrations alone. */
const READ_ONLY = ['migrations'] as const;

/**
 * Grants the role that the server runs as what it needs, and no more: it reads and writes rows, cannot change or delete
 * those of the books and of the audit trail, and owns nothing that it could alter. The queue of the trail
 * (`audit_unsealed`) is emptied by the server, so it may delete from that.
 * @param owner connected as the owner of the tables
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
