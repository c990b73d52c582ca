import { DataSource } from 'typeorm';
import { LedgerVerifier } from '../../src/ledger/reports/ledger-verifier.service.js';
import { LEDGER_CHECKS, type LedgerCheck } from '../../src/ledger/reports/verification.js';
import { dataSourceOptions } from '../../src/database/data-source-options.js';
import { Clock } from '../../src/shared/clock.js';
import { type Books, dropConstraints, writeBooks } from '../support/ledger-books.js';
import { balance, DAMAGES } from '../support/ledger-damages.js';
import { createTestDatabase, databaseNameOf, onServer, type TestDatabase } from '../support/test-database.js';
import { createWorld, type World } from '../support/world.js';

const ALL = { platformId: null };

describe('A verification of damaged books', () => {
  let world: World;
  let books: Books;
  let template: string;
  const named = new Set<LedgerCheck>();

  beforeAll(async () => {
    world = await createWorld();
    await writeBooks(world);
    books = await writeBooks(world);
    await writeBooks(world);
    await dropConstraints(world.dataSource);
    template = databaseNameOf(world.databaseUrl);
    // A template database must have no connections.
    await world.app.close();
  });
  afterAll(async () => {
    await onServer(`DROP DATABASE ${template}`);
  });

  async function onCopy<T>(work: (dataSource: DataSource) => Promise<T>): Promise<T> {
    const copy: TestDatabase = await createTestDatabase(template);
    const dataSource = await new DataSource(dataSourceOptions(copy.url, 2)).initialize();
    try {
      return await work(dataSource);
    } finally {
      await dataSource.destroy();
      await copy.drop();
    }
  }

  const verify = (dataSource: DataSource) => new LedgerVerifier(dataSource, new Clock()).verify(ALL);

  it('finds nothing before the damage', async () => {
    expect(await onCopy(verify)).toMatchObject({ clean: true, firstProblems: [] });
  });

  it.each(DAMAGES)('names $what', async ({ sql, found }) => {
    const verdict = await onCopy(async (dataSource) => {
      for (const statement of sql(books)) await dataSource.query(statement);
      return verify(dataSource);
    });
    const expected = found(books);
    expect(verdict.firstProblems.map(({ check }) => check).sort()).toEqual(
      expected.map(({ check }) => check).sort(),
    );
    for (const problem of expected) {
      const { platformId } = books;
      expect(verdict.firstProblems).toContainEqual(expect.objectContaining({ platformId, ...problem }));
      named.add(problem.check);
    }
    expect(verdict).toMatchObject({ clean: false, problems: expected.length });
  });

  it('has a test for every check', () => {
    expect(LEDGER_CHECKS.filter((check) => !named.has(check))).toEqual([]);
  });

  it('counts all problems, and names the first twenty', async () => {
    const verdict = await onCopy(async (dataSource) => {
      await dataSource.query('UPDATE transfers SET amount_minor = amount_minor + 1');
      return verify(dataSource);
    });
    expect(verdict.firstProblems).toHaveLength(20);
    expect(verdict.problems).toBeGreaterThan(60);
  });

  it('is limited to one platform on request', async () => {
    const verdict = await onCopy(async (dataSource) => {
      await dataSource.query(balance(books.platformId, books.b, 'posted_minor = posted_minor + 1'));
      const other = String(Number(books.platformId) + 1);
      const verifier = new LedgerVerifier(dataSource, new Clock());
      return [
        await verifier.verify({ platformId: other }),
        await verifier.verify(books),
        verifier.lastVerdict(),
      ];
    });
    expect(verdict).toMatchObject([{ clean: true }, { clean: false, problems: 2 }, null]);
  });
});
