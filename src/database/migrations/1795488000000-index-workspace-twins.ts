import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Finds the double of an account of a workspace without looking at the workspace's other accounts. */
export class IndexWorkspaceTwins1795488000000 implements MigrationInterface {
  name = 'IndexWorkspaceTwins1795488000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `CREATE INDEX ix_accounts_workspace_twins ON accounts (platform_id, workspace_id, currency_code, product_id, alias)
        WHERE channel = 'workspace' AND status <> 'closed'`,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP INDEX ix_accounts_workspace_twins');
  }
}
