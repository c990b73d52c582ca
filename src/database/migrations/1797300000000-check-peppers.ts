import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which peppers secrets were made under, so that a start under a wrong one fails. */
export class CheckPeppers1797300000000 implements MigrationInterface {
  name = 'CheckPeppers1797300000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `CREATE TABLE pepper_checks (
        id smallint NOT NULL,
        check_value bytea NOT NULL,
        created_at timestamptz(3) NOT NULL,
        CONSTRAINT pk_pepper_checks PRIMARY KEY (id)
      )`,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE pepper_checks');
  }
}
