import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What is looked for among accounts, whatever their number: the double of one in a workspace, and the newest. */
export class IndexAccounts1795488000000 implements MigrationInterface {
  name = 'IndexAccounts1795488000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `CREATE INDEX ix_accounts_workspace_twins ON accounts (platform_id, workspace_id, currency_code, product_id, alias)
        WHERE channel = 'workspace' AND status <> 'closed'`,
    );
    await queryRunner.query('CREATE INDEX ix_accounts_created_at ON accounts (created_at, id)');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP INDEX ix_accounts_created_at');
    await queryRunner.query('DROP INDEX ix_accounts_workspace_twins');
  }
}
