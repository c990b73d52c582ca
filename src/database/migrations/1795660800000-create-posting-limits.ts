import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Up to how much admins post alone, where it is not the default. */
export class CreatePostingLimits1795660800000 implements MigrationInterface {
  name = 'CreatePostingLimits1795660800000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `CREATE TABLE posting_limits (
        role text NOT NULL,
        currency_code text NOT NULL,
        limit_minor bigint NOT NULL,
        updated_at timestamptz(3) NOT NULL,
        CONSTRAINT ck_posting_limits_role CHECK (role IN ('operator', 'approver')),
        CONSTRAINT ck_posting_limits_range CHECK (limit_minor >= 0 AND limit_minor < 1000000000000000),
        CONSTRAINT pk_posting_limits PRIMARY KEY (role, currency_code),
        CONSTRAINT fk_posting_limits_currency FOREIGN KEY (currency_code) REFERENCES currencies(code)
      )`,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE posting_limits');
  }
}
