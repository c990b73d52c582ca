import { DataSource } from 'typeorm';
import { dataSourceOptions } from '../../src/database/data-source-options.js';
import { migrate } from '../../src/database/migrate.js';
import { createTestDatabase } from '../support/test-database.js';

describe('The migrations', () => {
  async function withEmptyDatabase(
    act: (dataSource: DataSource, url: string) => Promise<void>,
  ): Promise<void> {
    const database = await createTestDatabase('template0');
    const dataSource = await new DataSource(dataSourceOptions(database.url, 4)).initialize();
    try {
      await act(dataSource, database.url);
    } finally {
      await dataSource.destroy();
      await database.drop();
    }
  }

  /** The statements that `migration:generate` would write. */
  async function drift(dataSource: DataSource): Promise<string[]> {
    const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
    return upQueries.map(({ query }) => query);
  }

  it('create the schema of the entities in an empty database', async () => {
    await withEmptyDatabase(async (dataSource) => {
      expect((await drift(dataSource)).length).toBeGreaterThan(0);
      await dataSource.runMigrations();
      expect(await drift(dataSource)).toEqual([]);
    });
  });

  it('can be reverted one by one until nothing is left', async () => {
    await withEmptyDatabase(async (dataSource) => {
      const done = await dataSource.runMigrations();
      for (let left = done.length; left > 0; left--) await dataSource.undoLastMigration();
      const remains = await dataSource.query<{ name: string }[]>(
        `SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'S')`,
      );
      expect(remains.map(({ name }) => name).filter((name) => !name.startsWith('migrations'))).toEqual([]);
    });
  });

  it('run once when several processes start at once', async () => {
    await withEmptyDatabase(async (dataSource, url) => {
      await Promise.all([migrate(url), migrate(url), migrate(url)]);
      const [row] = await dataSource.query<[{ n: number }]>('SELECT count(*)::int AS n FROM migrations');
      expect(row.n).toBe(dataSource.migrations.length);
    });
  });

  it('create the contract’s CHECK constraint for account identifiers', async () => {
    await withEmptyDatabase(async (dataSource) => {
      await dataSource.runMigrations();
      const [row] = await dataSource.query<[{ definition: string }]>(
        `SELECT pg_get_constraintdef(oid) AS definition FROM pg_constraint WHERE conname = 'ck_accounts_account_identifier'`,
      );
      expect(row.definition).toContain(`'^[-0-9a-z]{5,100}$'`);
    });
  });

  it('keep KYC messages processed before responses were stored, as accepted', async () => {
    await withEmptyDatabase(async (dataSource) => {
      const done = await dataSource.runMigrations();
      const first = done.findIndex(({ name }) => name.startsWith('KeepKycAnswers'));
      for (let left = done.length; left > first; left--) await dataSource.undoLastMigration();
      await dataSource.query(`INSERT INTO kyc_callbacks VALUES ('acme', 'msg-1', now())`);
      await dataSource.runMigrations();
      expect(await dataSource.query('SELECT outcome, body_hash, answer FROM kyc_callbacks')).toEqual([
        { outcome: 'counted', body_hash: null, answer: null },
      ]);
    });
  });

  it('take the addresses of accounts and alerts as confirmed that were in use before they had to be', async () => {
    await withEmptyDatabase(async (dataSource) => {
      const done = await dataSource.runMigrations();
      const first = done.findIndex(({ name }) => name.startsWith('ConfirmAddresses'));
      for (let left = done.length; left > first; left--) await dataSource.undoLastMigration();
      await dataSource.transaction(async (tx) => {
        // Without the rows that these refer to.
        await tx.query('SET LOCAL session_replication_role = replica');
        await tx.query(
          `INSERT INTO platforms (id, name, status, kyc_agreement, home_jurisdiction_code,
             kyc_expiry_restricts_debits, created_at, updated_at)
           VALUES (1, 'One', 'verified', 'delegated', 'US', false, now(), now())`,
        );
        await tx.query(
          `INSERT INTO accounts (platform_id, id, customer_id, channel, public_id, number, currency_code, status, alias,
             account_identifier, display_name, contact_email, funding_notification_emails, created_at, updated_at)
           SELECT 1, id, 1, 'platform', id, id, 'USD', 'active', '', 'account-' || id, 'A', 'c@example.com', emails,
             now(), now()
           FROM (VALUES (1, '{}'::text[]), (2, '{A@example.com,b@example.com}')) given(id, emails)`,
        );
        await tx.query(
          `INSERT INTO low_balance_alerts (platform_id, id, account_id, display_name, threshold_minor, emails,
             created_at, updated_at)
           VALUES (1, gen_random_uuid(), 1, 'Low', 1, '{a@example.com,d@example.com}', now(), now())`,
        );
      });
      await dataSource.runMigrations();
      expect(await dataSource.query('SELECT address, status FROM email_addresses ORDER BY address')).toEqual(
        ['a', 'b', 'd'].map((name) => ({ address: `${name}@example.com`, status: 'confirmed' })),
      );
    });
  });
});
