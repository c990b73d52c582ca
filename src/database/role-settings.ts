import type { DataSource } from 'typeorm';
import { SETTINGS } from './session.js';

/** Whether each setting of `$1` is kept for this role in this database with the value that this session has. */
const ARE_KEPT = `SELECT coalesce(bool_and(name || '=' || current_setting(name) = ANY (kept.settings)), false) AS kept
  FROM unnest($1::text[]) AS name, (
    SELECT array_agg(lower(split_part(entry, '=', 1)) || substr(entry, strpos(entry, '='))) AS settings
    FROM pg_db_role_setting s, unnest(s.setconfig) AS entry
    WHERE s.setrole = current_user::regrole AND s.setdatabase =
      (SELECT oid FROM pg_database WHERE datname = current_database())
  ) kept`;

/** Whether sessions of this role in this database have the settings without asking for them. */
export async function areKept(dataSource: DataSource): Promise<boolean> {
  const [row] = await dataSource.query<[{ kept: boolean }]>(ARE_KEPT, [Object.keys(SETTINGS)]);
  return row.kept;
}

/**
 * Keeps the settings of a session for the role, in this database only. A pooler opens sessions without the options of
 * its clients.
 * @param dataSource connected as the role; run by one process at a time, because PostgreSQL refuses concurrent changes
 */
export async function keepSettings(dataSource: DataSource): Promise<void> {
  const [row] = await dataSource.query<[{ database: string }]>(
    'SELECT quote_ident(current_database()) AS database',
  );
  await dataSource.transaction(async (tx) => {
    for (const name of Object.keys(SETTINGS))
      await tx.query(`ALTER ROLE CURRENT_USER IN DATABASE ${row.database} SET ${name} FROM CURRENT`);
  });
}
