import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The rate limits of credentials, and the usage that processes share. */
export class LimitRates1797400000000 implements MigrationInterface {
  name = 'LimitRates1797400000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `CREATE TABLE rate_limit_usage (
        key varchar(255) NOT NULL,
        points integer NOT NULL DEFAULT 0,
        expire bigint,
        CONSTRAINT pk_rate_limit_usage PRIMARY KEY (key)
      )`,
    );
    await queryRunner.query(
      `ALTER TABLE credentials ADD COLUMN rate_limit integer, ADD COLUMN rate_limit_window_seconds integer`,
    );
    await queryRunner.query(
      `ALTER TABLE credentials ADD CONSTRAINT ck_credentials_rate_limit
        CHECK ((rate_limit IS NULL) = (rate_limit_window_seconds IS NULL)
          AND rate_limit > 0 AND rate_limit_window_seconds > 0) NOT VALID`,
    );
    await queryRunner.query('ALTER TABLE credentials VALIDATE CONSTRAINT ck_credentials_rate_limit');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE credentials DROP CONSTRAINT ck_credentials_rate_limit');
    await queryRunner.query(
      'ALTER TABLE credentials DROP COLUMN rate_limit, DROP COLUMN rate_limit_window_seconds',
    );
    await queryRunner.query('DROP TABLE rate_limit_usage');
  }
}
