import type { EntityManager } from 'typeorm';

interface Reference {
  /** The referencing table. */
  from: string;
  to: string;
}

/**
 * The tables of tenants, referencing tables first: in this order they can be emptied, and in reverse order filled. Read
 * from the system catalogue, so that new tables are included.
 */
export async function tenantTables(tx: EntityManager): Promise<string[]> {
  const tables = await tx.query<{ name: string }[]>(
    `SELECT c.relname AS name FROM pg_class c
     JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'platform_id' AND NOT a.attisdropped
     WHERE c.relkind IN ('r', 'p') AND c.relnamespace = current_schema()::regnamespace ORDER BY c.relname`,
  );
  const references = await tx.query<Reference[]>(
    `SELECT DISTINCT f.relname AS "from", t.relname AS "to" FROM pg_constraint k
     JOIN pg_class f ON f.oid = k.conrelid JOIN pg_class t ON t.oid = k.confrelid
     WHERE k.contype = 'f' AND f.oid <> t.oid AND f.relnamespace = current_schema()::regnamespace`,
  );
  return inForeignKeyOrder(
    tables.map(({ name }) => name),
    references,
  );
}

/** @throws Error when references between tables form a cycle */
export function inForeignKeyOrder(tables: readonly string[], references: readonly Reference[]): string[] {
  const ordered: string[] = [];
  let left = [...tables];
  while (left.length > 0) {
    const free = left.filter(
      (name) => !references.some(({ from, to }) => to === name && left.includes(from)),
    );
    if (free.length === 0) throw new Error(`tables refer to each other in a circle: ${left.join(', ')}`);
    ordered.push(...free);
    left = left.filter((name) => !free.includes(name));
  }
  return ordered;
}
