import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Approvals are bound to the state they were requested for, lapse, and carry a summary and a sealed secret. Requests
 * that are pending are ended: the state that they were made for was not recorded.
 */
export class BindApprovals1795574400000 implements MigrationInterface {
  name = 'BindApprovals1795574400000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const sql of UP) await queryRunner.query(sql);
  }

  /** Requests that ended otherwise than by a decision are deleted: the table before knew no such state. */
  async down(queryRunner: QueryRunner): Promise<void> {
    for (const sql of DOWN) await queryRunner.query(sql);
  }
}

const UP = [
  `ALTER TABLE approval_requests
    ADD COLUMN summary jsonb,
    ADD COLUMN watched_objects text[] NOT NULL DEFAULT '{}',
    ADD COLUMN object_version bigint NOT NULL DEFAULT 0,
    ADD COLUMN requested_role text,
    ADD COLUMN requested_with bigint,
    ADD COLUMN expires_at timestamp(3) with time zone,
    ADD COLUMN sealed_secret bytea,
    ADD COLUMN secret_collected_at timestamp(3) with time zone`,
  `ALTER TABLE approval_requests
    DROP CONSTRAINT ck_approval_requests_status,
    DROP CONSTRAINT ck_approval_requests_decided`,
  `UPDATE approval_requests SET expires_at = requested_at + interval '7 days'`,
  `UPDATE approval_requests SET status = 'ended', decided_at = now() WHERE status = 'pending'`,
  `ALTER TABLE approval_requests
    ALTER COLUMN expires_at SET NOT NULL,
    ALTER COLUMN watched_objects DROP DEFAULT,
    ALTER COLUMN object_version DROP DEFAULT,
    ADD CONSTRAINT ck_approval_requests_status
      CHECK (status IN ('pending', 'approved', 'refused', 'withdrawn', 'expired', 'ended', 'stale')),
    ADD CONSTRAINT ck_approval_requests_decided CHECK ((status IN ('approved', 'refused')) = (decided_by IS NOT NULL)),
    ADD CONSTRAINT ck_approval_requests_summary CHECK (status <> 'pending' OR summary IS NOT NULL)`,
  `DROP INDEX uq_approval_requests_pending`,
  `CREATE UNIQUE INDEX uq_approval_requests_pending ON approval_requests (platform_id, action, object_id)
    WHERE status = 'pending' AND action NOT IN ('account.adjust', 'transfer.post', 'credential.issue')`,
];

const DOWN = [
  `DELETE FROM approval_requests WHERE status IN ('withdrawn', 'expired', 'ended', 'stale')
    OR (status = 'pending' AND action IN ('transfer.post', 'credential.issue'))`,
  `DROP INDEX uq_approval_requests_pending`,
  `CREATE UNIQUE INDEX uq_approval_requests_pending ON approval_requests (platform_id, action, object_id)
    WHERE status = 'pending' AND action <> 'account.adjust'`,
  `ALTER TABLE approval_requests
    DROP CONSTRAINT ck_approval_requests_status,
    DROP CONSTRAINT ck_approval_requests_decided,
    DROP CONSTRAINT ck_approval_requests_summary,
    ADD CONSTRAINT ck_approval_requests_status CHECK (status IN ('pending', 'approved', 'refused')),
    ADD CONSTRAINT ck_approval_requests_decided CHECK ((status = 'pending') = (decided_by IS NULL))`,
  `ALTER TABLE approval_requests
    DROP COLUMN summary,
    DROP COLUMN watched_objects,
    DROP COLUMN object_version,
    DROP COLUMN requested_role,
    DROP COLUMN requested_with,
    DROP COLUMN expires_at,
    DROP COLUMN sealed_secret,
    DROP COLUMN secret_collected_at`,
];
