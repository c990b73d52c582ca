import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The checks of a customer are counted, and the beginning of the current one is kept. Cases that were opened again before
 * this are in their first round: when their present check began is on the audit trail alone.
 */
export class CountKycRounds1797140000000 implements MigrationInterface {
  name = 'CountKycRounds1797140000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `ALTER TABLE customers ADD kyc_round integer NOT NULL DEFAULT 1, ADD kyc_round_began_at timestamptz(3),
        ADD CONSTRAINT ck_customers_kyc_round
          CHECK (kyc_round >= 1 AND (kyc_round = 1) = (kyc_round_began_at IS NULL))`,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `ALTER TABLE customers DROP CONSTRAINT ck_customers_kyc_round, DROP COLUMN kyc_round_began_at,
        DROP COLUMN kyc_round`,
    );
  }
}
