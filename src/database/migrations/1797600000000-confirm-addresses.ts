import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = [
  `CREATE TABLE email_addresses (
    platform_id bigint NOT NULL,
    id bigint NOT NULL,
    address text NOT NULL,
    status text NOT NULL,
    confirmations integer NOT NULL,
    confirmation_sent_at timestamptz(3),
    decided_at timestamptz(3),
    created_at timestamptz(3) NOT NULL,
    CONSTRAINT uq_email_addresses_address UNIQUE (platform_id, address),
    CONSTRAINT ck_email_addresses_address CHECK (address = lower(address COLLATE "C")),
    CONSTRAINT ck_email_addresses_status CHECK (status IN ('unconfirmed', 'confirmed', 'unsubscribed')),
    CONSTRAINT ck_email_addresses_decided_at CHECK ((status = 'unconfirmed') = (decided_at IS NULL)),
    CONSTRAINT ck_email_addresses_confirmations
      CHECK (confirmations >= 0 AND (confirmations = 0) = (confirmation_sent_at IS NULL)),
    CONSTRAINT pk_email_addresses PRIMARY KEY (platform_id, id)
  )`,
  `ALTER TABLE email_addresses ADD CONSTRAINT fk_email_addresses_platform
    FOREIGN KEY (platform_id) REFERENCES platforms(id)`,
  `CREATE INDEX ix_email_addresses_created_at ON email_addresses (created_at, id)`,
  `CREATE SEQUENCE email_addresses_id_seq`,
  // Addresses in use before they had to be confirmed are taken as confirmed: an upgrade must not end notifications.
  `INSERT INTO email_addresses (platform_id, id, address, status, confirmations, decided_at, created_at)
    SELECT platform_id, nextval('email_addresses_id_seq'), address, 'confirmed', 0, now(), now()
    FROM (
      SELECT platform_id, lower(unnest(funding_notification_emails) COLLATE "C") AS address FROM accounts
      UNION
      SELECT platform_id, lower(unnest(emails) COLLATE "C") FROM low_balance_alerts
    ) used`,
  'ALTER TABLE emails DROP CONSTRAINT ck_emails_kind',
  `ALTER TABLE emails ADD CONSTRAINT ck_emails_kind
    CHECK (kind IN ('account_funded', 'balance_low', 'address_confirmation')) NOT VALID`,
  'ALTER TABLE emails VALIDATE CONSTRAINT ck_emails_kind',
];

const DOWN = [
  `DELETE FROM emails WHERE kind = 'address_confirmation'`,
  'ALTER TABLE emails DROP CONSTRAINT ck_emails_kind',
  `ALTER TABLE emails ADD CONSTRAINT ck_emails_kind CHECK (kind IN ('account_funded', 'balance_low'))`,
  'DROP SEQUENCE email_addresses_id_seq',
  'DROP TABLE email_addresses',
];

/** What the owners of addresses have decided about e-mails, and the kind of e-mail that asks them. */
export class ConfirmAddresses1797600000000 implements MigrationInterface {
  name = 'ConfirmAddresses1797600000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of UP) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await queryRunner.query(statement);
  }
}
