import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Links of the audit chains get a version: 1 is SHA-256, 2 is HMAC-SHA-256. The column has no default, so that a process
 * of the version before, which knows no key, cannot add a link any more; its entries wait in the queue.
 */
export class KeyAuditChains1797200000000 implements MigrationInterface {
  name = 'KeyAuditChains1797200000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE audit_seals ADD COLUMN version smallint NOT NULL DEFAULT 1');
    await queryRunner.query(
      `ALTER TABLE audit_seals ALTER COLUMN version DROP DEFAULT,
        ADD CONSTRAINT ck_audit_seals_version CHECK (version IN (1, 2))`,
    );
    await queryRunner.query(
      `CREATE TABLE audit_keys (
        id smallint NOT NULL,
        sealed bytea NOT NULL,
        created_at timestamptz(3) NOT NULL,
        CONSTRAINT ck_audit_keys_single CHECK (id = 1),
        CONSTRAINT pk_audit_keys PRIMARY KEY (id)
      )`,
    );
  }

  /** Links of version 2 stay, and the version before cannot verify them. */
  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE audit_keys');
    await queryRunner.query('ALTER TABLE audit_seals DROP COLUMN version');
  }
}
