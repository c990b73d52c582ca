import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Messages of KYC providers are kept with their answer, refused ones too. Those that are there were all acted
 * on; what they were answered is not known any more. A process of the version before may go on to write such rows.
 */
export class KeepKycAnswers1797130000000 implements MigrationInterface {
  name = 'KeepKycAnswers1797130000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `ALTER TABLE kyc_callbacks ADD outcome text NOT NULL DEFAULT 'counted', ADD body_hash bytea, ADD answer bytea,
        ADD CONSTRAINT ck_kyc_callbacks_outcome CHECK (outcome IN ('counted', 'refused'))`,
    );
  }

  /** Messages that were refused stay: to the version before, too, they are spent then. */
  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `ALTER TABLE kyc_callbacks DROP CONSTRAINT ck_kyc_callbacks_outcome, DROP COLUMN answer, DROP COLUMN body_hash,
        DROP COLUMN outcome`,
    );
  }
}
