import { DataSource } from 'typeorm';
import { dataSourceOptions } from '../../src/database/data-source-options.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

/** CHECK constraints and indexes with their predicates, as PostgreSQL prints them after parsing. */
const DEFINITIONS = `SELECT conname AS name, pg_get_constraintdef(oid) AS definition FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace AND contype = 'c'
  UNION ALL SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename <> 'migrations'`;

type Definitions = Map<string, string>;

let migrated: Definitions;
const databases: TestDatabase[] = [];

beforeAll(async () => {
  migrated = await definitionsOf((dataSource) => dataSource.runMigrations());
});
afterEach(async () => {
  for (const database of databases.splice(0)) await database.drop();
});

async function definitionsOf(make: (dataSource: DataSource) => Promise<unknown>): Promise<Definitions> {
  const database = await createTestDatabase('template0');
  databases.push(database);
  const dataSource = await new DataSource(dataSourceOptions(database.url, 2)).initialize();
  try {
    await make(dataSource);
    const rows = await dataSource.query<{ name: string; definition: string }[]>(DEFINITIONS);
    return new Map(rows.map(({ name, definition }) => [name, definition]));
  } finally {
    await dataSource.destroy();
  }
}

const byEntities = (change: (dataSource: DataSource) => void = () => undefined): Promise<Definitions> =>
  definitionsOf(async (dataSource) => {
    change(dataSource);
    await dataSource.synchronize();
  });

/** The names with different definitions, and those that one of the two lacks. */
const differing = (one: Definitions, other: Definitions): string[] =>
  [...new Set([...one.keys(), ...other.keys()])].filter((name) => one.get(name) !== other.get(name));

// TypeORM's own comparison (integration/migrations) compares checks and predicates by name only.
describe('A CHECK constraint or an index of the entities', () => {
  it('equals that of the migrations, as printed by PostgreSQL', async () => {
    const entities = await byEntities();
    expect(differing(entities, migrated)).toEqual([]);
    const texts = [...migrated.values()];
    expect(texts.filter((text) => text.startsWith('CHECK')).length).toBeGreaterThan(40);
    expect(texts.filter((text) => text.includes(' WHERE ')).length).toBeGreaterThan(5);
  });

  it('that changed only in an entity is detected', async () => {
    const changed = await byEntities((dataSource) => {
      const account = dataSource.getMetadata('Account');
      const check = account.checks.find(({ name }) => name === 'ck_accounts_status');
      const index = account.indices.find(({ where }) => where !== undefined);
      if (check === undefined || index === undefined)
        throw new Error('Account has lost its check or its index');
      check.expression = check.expression.replace("'frozen'", "'thawed'");
      index.where = `${index.where ?? ''} AND id > 0`;
    });
    const [checkName, indexName] = differing(changed, migrated).sort();
    expect([checkName, indexName]).toEqual([
      'ck_accounts_status',
      expect.stringMatching(/^(ix|uq)_accounts_/),
    ]);
  });
});
