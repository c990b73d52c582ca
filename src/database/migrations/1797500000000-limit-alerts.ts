import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The time of an alert's last notification, which limits how often it sends e-mails. */
export class LimitAlerts1797500000000 implements MigrationInterface {
  name = 'LimitAlerts1797500000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE low_balance_alerts ADD notified_at timestamptz(3)');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE low_balance_alerts DROP COLUMN notified_at');
  }
}
