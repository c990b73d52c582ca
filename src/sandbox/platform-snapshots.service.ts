import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AuditSealer } from '../audit/audit-sealer.service.js';
import { SNAPSHOTS } from './sandbox-database.service.js';
import { tenantTables } from './tenant-tables.js';

const PLATFORMS = 'platforms';

/** Snapshots of platforms, stored in the database. */
@Injectable()
export class PlatformSnapshots {
  constructor(
    private readonly dataSource: DataSource,
    private readonly sealer: AuditSealer,
  ) {}

  async takeOfAll(): Promise<void> {
    const platforms = await this.dataSource.query<{ id: string }[]>(
      'SELECT id FROM platforms WHERE id <> 0 ORDER BY id',
    );
    for (const { id } of platforms) await this.take(id);
  }

  /** Takes a snapshot, which replaces an earlier one. */
  async take(platformId: string): Promise<void> {
    // Otherwise each restore would bring back audit entries that still wait to be sealed.
    await this.sealer.sealAll();
    await this.dataSource.transaction('REPEATABLE READ', async (tx) => {
      for (const table of await tenantTables(tx)) await keep(tx, platformId, table, 'platform_id');
      await keep(tx, platformId, PLATFORMS, 'id');
    });
  }

  /**
   * Restores a platform: rows that are not in its snapshot are deleted. A platform without a snapshot (created by the
   * admin API) is emptied. Take the locks first.
   * @param tables of `tenantTables`
   */
  async restore(tx: EntityManager, platformId: string, tables: readonly string[]): Promise<void> {
    for (const table of tables) await tx.query(`DELETE FROM ${table} WHERE platform_id = $1`, [platformId]);
    await tx.query(await platformUpdateSql(tx), [platformId]);
    for (const table of [...tables].reverse())
      await tx.query(
        `INSERT INTO ${table} SELECT row.* FROM ${SNAPSHOTS} s, jsonb_populate_recordset(NULL::${table}, s.rows) row
         WHERE s.platform_id = $1 AND s.table_name = $2`,
        [platformId, table],
      );
  }
}

async function keep(
  tx: EntityManager,
  platformId: string,
  ...[table, column]: [table: string, column: string]
): Promise<void> {
  await tx.query(
    `INSERT INTO ${SNAPSHOTS} (platform_id, table_name, rows)
     SELECT $1::bigint, $2, COALESCE(jsonb_agg(to_jsonb(t)), '[]') FROM ${table} t WHERE t.${column} = $1::bigint
     ON CONFLICT (platform_id, table_name) DO UPDATE SET rows = excluded.rows`,
    [platformId, table],
  );
}

/** All rows of the platform reference its own row, so that is updated in place instead of replaced. */
async function platformUpdateSql(tx: EntityManager): Promise<string> {
  const columns = await tx.query<{ name: string }[]>(
    `SELECT attname AS name FROM pg_attribute
     WHERE attrelid = '${PLATFORMS}'::regclass AND attnum > 0 AND NOT attisdropped AND attname <> 'id'`,
  );
  const assignments = columns.map(({ name }) => `${name} = kept.${name}`).join(', ');
  return `UPDATE ${PLATFORMS} p SET ${assignments}
    FROM ${SNAPSHOTS} s, jsonb_populate_recordset(NULL::${PLATFORMS}, s.rows) kept
    WHERE p.id = $1 AND s.platform_id = $1 AND s.table_name = '${PLATFORMS}'`;
}
