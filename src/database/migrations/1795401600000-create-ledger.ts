import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Money: transfers, holds and settlement accounts; events, and what brings them to webhooks and mailboxes. */
const UP = [
  // A platform's settlement accounts stand for the world outside: they have no holder, and may owe.
  `ALTER TABLE accounts ALTER COLUMN customer_id DROP NOT NULL`,
  `ALTER TABLE accounts DROP CONSTRAINT ck_accounts_channel`,
  `ALTER TABLE accounts ADD CONSTRAINT ck_accounts_channel CHECK (channel IN ('owner', 'workspace', 'platform', 'settlement'))`,
  `ALTER TABLE accounts ADD CONSTRAINT ck_accounts_settlement CHECK ((channel = 'settlement') = (customer_id IS NULL))`,
  `CREATE UNIQUE INDEX uq_accounts_settlement ON accounts (platform_id, currency_code) WHERE channel = 'settlement'`,

  // The ledger's account is the balance: its currency and whether it may owe stand on the row that is locked.
  `ALTER TABLE balances ADD currency_code text`,
  `UPDATE balances b SET currency_code = a.currency_code FROM accounts a
    WHERE a.platform_id = b.platform_id AND a.id = b.account_id`,
  `ALTER TABLE balances ALTER COLUMN currency_code SET NOT NULL`,
  `ALTER TABLE balances ADD may_be_negative boolean NOT NULL DEFAULT false`,
  `ALTER TABLE balances ALTER COLUMN may_be_negative DROP DEFAULT`,
  `ALTER TABLE balances DROP CONSTRAINT ck_balances_available`,
  `ALTER TABLE balances ADD CONSTRAINT ck_balances_available CHECK (may_be_negative OR posted_minor - locked_minor >= 0)`,
  `ALTER TABLE balances DROP CONSTRAINT pk_balances`,
  `ALTER TABLE balances DROP CONSTRAINT uq_balances_account`,
  `ALTER TABLE balances ADD CONSTRAINT pk_balances PRIMARY KEY (platform_id, account_id)`,
  `ALTER TABLE balances ADD CONSTRAINT uq_balances_currency UNIQUE (platform_id, account_id, currency_code)`,

  `CREATE TABLE holds (
    platform_id bigint NOT NULL,
    id bigint NOT NULL,
    account_id bigint NOT NULL,
    currency_code text NOT NULL,
    amount_minor bigint NOT NULL,
    captured_minor bigint NOT NULL,
    released_minor bigint NOT NULL,
    remaining_minor bigint NOT NULL,
    status text NOT NULL,
    expires_at timestamptz(3),
    reference text,
    description text,
    metadata jsonb NOT NULL,
    created_at timestamptz(3) NOT NULL,
    updated_at timestamptz(3) NOT NULL,
    CONSTRAINT ck_holds_status CHECK (status IN ('active', 'captured', 'released', 'expired')),
    CONSTRAINT ck_holds_amounts CHECK (amount_minor > 0 AND amount_minor < 1000000000000000 AND captured_minor >= 0 AND released_minor >= 0 AND remaining_minor >= 0),
    CONSTRAINT ck_holds_sum CHECK (captured_minor + released_minor + remaining_minor = amount_minor),
    CONSTRAINT ck_holds_active CHECK ((status = 'active') = (remaining_minor > 0)),
    CONSTRAINT pk_holds PRIMARY KEY (platform_id, id)
  )`,
  `CREATE UNIQUE INDEX uq_holds_reference ON holds (platform_id, reference) WHERE reference IS NOT NULL`,
  `CREATE INDEX ix_holds_account ON holds (platform_id, account_id, id)`,
  `CREATE INDEX ix_holds_expires_at ON holds (expires_at) WHERE status = 'active'`,
  `ALTER TABLE holds ADD CONSTRAINT fk_holds_account FOREIGN KEY (platform_id, account_id, currency_code)
    REFERENCES balances(platform_id, account_id, currency_code)`,

  `CREATE TABLE transfers (
    platform_id bigint NOT NULL,
    id bigint NOT NULL,
    journal_id bigint NOT NULL,
    kind text NOT NULL,
    debit_account_id bigint NOT NULL,
    credit_account_id bigint NOT NULL,
    currency_code text NOT NULL,
    amount_minor bigint NOT NULL,
    debit_posted_minor bigint NOT NULL,
    credit_posted_minor bigint NOT NULL,
    posted_at timestamptz(3) NOT NULL,
    effective_date date NOT NULL,
    reference text,
    description text,
    metadata jsonb NOT NULL,
    reverses_id bigint,
    hold_id bigint,
    CONSTRAINT ck_transfers_kind CHECK (kind IN ('transfer', 'deposit', 'withdrawal', 'capture', 'adjustment', 'reversal')),
    CONSTRAINT ck_transfers_amount CHECK (amount_minor > 0 AND amount_minor < 1000000000000000),
    CONSTRAINT ck_transfers_accounts CHECK (debit_account_id <> credit_account_id),
    CONSTRAINT ck_transfers_reversal CHECK ((kind = 'reversal') = (reverses_id IS NOT NULL)),
    CONSTRAINT ck_transfers_capture CHECK ((kind = 'capture') = (hold_id IS NOT NULL)),
    CONSTRAINT pk_transfers PRIMARY KEY (platform_id, id)
  )`,
  `CREATE UNIQUE INDEX uq_transfers_reference ON transfers (platform_id, reference) WHERE reference IS NOT NULL`,
  `CREATE UNIQUE INDEX uq_transfers_reverses ON transfers (platform_id, reverses_id) WHERE reverses_id IS NOT NULL`,
  `CREATE INDEX ix_transfers_debit ON transfers (platform_id, debit_account_id, posted_at, id)`,
  `CREATE INDEX ix_transfers_credit ON transfers (platform_id, credit_account_id, posted_at, id)`,
  // Legs of a journal beside its first, whose id is the journal's.
  `CREATE INDEX ix_transfers_legs ON transfers (platform_id, journal_id, id) WHERE journal_id <> id`,
  `CREATE INDEX ix_transfers_hold ON transfers (platform_id, hold_id, id) WHERE hold_id IS NOT NULL`,
  // The few that count for another day than they were posted on: what balances by day differ by.
  `CREATE INDEX ix_transfers_debit_day ON transfers (platform_id, debit_account_id, effective_date)
    WHERE effective_date <> (posted_at AT TIME ZONE 'UTC')::date`,
  `CREATE INDEX ix_transfers_credit_day ON transfers (platform_id, credit_account_id, effective_date)
    WHERE effective_date <> (posted_at AT TIME ZONE 'UTC')::date`,
  `ALTER TABLE transfers ADD CONSTRAINT fk_transfers_debit FOREIGN KEY (platform_id, debit_account_id, currency_code)
    REFERENCES balances(platform_id, account_id, currency_code)`,
  `ALTER TABLE transfers ADD CONSTRAINT fk_transfers_credit FOREIGN KEY (platform_id, credit_account_id, currency_code)
    REFERENCES balances(platform_id, account_id, currency_code)`,
  `ALTER TABLE transfers ADD CONSTRAINT fk_transfers_reverses FOREIGN KEY (platform_id, reverses_id)
    REFERENCES transfers(platform_id, id)`,
  `ALTER TABLE transfers ADD CONSTRAINT fk_transfers_hold FOREIGN KEY (platform_id, hold_id)
    REFERENCES holds(platform_id, id)`,

  // Several adjustments of one account may wait for a second person; each is money of its own.
  `DROP INDEX uq_approval_requests_pending`,
  `CREATE UNIQUE INDEX uq_approval_requests_pending ON approval_requests (platform_id, action, object_id)
    WHERE status = 'pending' AND action <> 'account.adjust'`,

  // Keys that may open accounts for a platform may move its money too, until somebody says otherwise.
  `UPDATE credentials SET scopes = scopes || 'transfers:write'::text
    WHERE kind = 'platform' AND 'accounts:write' = ANY(scopes)`,

  `CREATE TABLE low_balance_alerts (
    platform_id bigint NOT NULL,
    id uuid NOT NULL,
    account_id bigint NOT NULL,
    display_name text NOT NULL,
    threshold_minor bigint NOT NULL,
    emails text[] NOT NULL,
    created_at timestamptz(3) NOT NULL,
    updated_at timestamptz(3) NOT NULL,
    CONSTRAINT uq_low_balance_alerts_display_name UNIQUE (platform_id, account_id, display_name),
    CONSTRAINT ck_low_balance_alerts_threshold CHECK (threshold_minor > 0 AND threshold_minor < 1000000000000000),
    CONSTRAINT pk_low_balance_alerts PRIMARY KEY (platform_id, id)
  )`,
  `ALTER TABLE low_balance_alerts ADD CONSTRAINT fk_low_balance_alerts_account FOREIGN KEY (platform_id, account_id)
    REFERENCES accounts(platform_id, id)`,

  `CREATE TABLE events (
    platform_id bigint NOT NULL,
    id bigint NOT NULL,
    type text NOT NULL,
    object_id text NOT NULL,
    data jsonb NOT NULL,
    occurred_at timestamptz(3) NOT NULL,
    dispatched_at timestamptz(3),
    CONSTRAINT pk_events PRIMARY KEY (platform_id, id)
  )`,
  `CREATE INDEX ix_events_undispatched ON events (platform_id, id) WHERE dispatched_at IS NULL`,
  `CREATE INDEX ix_events_object ON events (platform_id, object_id, id)`,
  // Events are written in the order of their times, or nearly: a BRIN finds a span of time and costs next to nothing.
  `CREATE INDEX ix_events_occurred_at ON events USING brin (occurred_at)`,

  `CREATE TABLE webhook_endpoints (
    platform_id bigint NOT NULL,
    id bigint NOT NULL,
    url text NOT NULL,
    description text,
    event_types text[] NOT NULL,
    status text NOT NULL,
    status_reason text,
    secret bytea NOT NULL,
    previous_secret bytea,
    previous_secret_expires_at timestamptz(3),
    failing_since timestamptz(3),
    last_success_at timestamptz(3),
    created_at timestamptz(3) NOT NULL,
    updated_at timestamptz(3) NOT NULL,
    CONSTRAINT ck_webhook_endpoints_status CHECK (status IN ('active', 'disabled')),
    CONSTRAINT ck_webhook_endpoints_previous CHECK ((previous_secret IS NULL) = (previous_secret_expires_at IS NULL)),
    CONSTRAINT pk_webhook_endpoints PRIMARY KEY (platform_id, id)
  )`,
  `ALTER TABLE webhook_endpoints ADD CONSTRAINT fk_webhook_endpoints_platform FOREIGN KEY (platform_id) REFERENCES platforms(id)`,
  `CREATE TABLE webhook_deliveries (
    platform_id bigint NOT NULL,
    id bigint NOT NULL,
    endpoint_id bigint NOT NULL,
    event_id bigint NOT NULL,
    object_id text NOT NULL,
    status text NOT NULL,
    attempts integer NOT NULL,
    next_attempt_at timestamptz(3) NOT NULL,
    claimed_until timestamptz(3),
    failing_since timestamptz(3),
    created_at timestamptz(3) NOT NULL,
    completed_at timestamptz(3),
    CONSTRAINT ck_webhook_deliveries_status CHECK (status IN ('pending', 'delivered', 'exhausted')),
    CONSTRAINT ck_webhook_deliveries_completed CHECK ((status = 'pending') = (completed_at IS NULL)),
    CONSTRAINT pk_webhook_deliveries PRIMARY KEY (platform_id, id)
  )`,
  `CREATE INDEX ix_webhook_deliveries_queue ON webhook_deliveries (platform_id, endpoint_id, object_id, id) WHERE status = 'pending'`,
  `CREATE INDEX ix_webhook_deliveries_due ON webhook_deliveries (platform_id, endpoint_id, next_attempt_at) WHERE status = 'pending'`,
  `CREATE INDEX ix_webhook_deliveries_endpoint ON webhook_deliveries (platform_id, endpoint_id, id)`,
  `ALTER TABLE webhook_deliveries ADD CONSTRAINT fk_webhook_deliveries_endpoint FOREIGN KEY (platform_id, endpoint_id)
    REFERENCES webhook_endpoints(platform_id, id)`,
  `ALTER TABLE webhook_deliveries ADD CONSTRAINT fk_webhook_deliveries_event FOREIGN KEY (platform_id, event_id)
    REFERENCES events(platform_id, id)`,
  `CREATE TABLE webhook_attempts (
    platform_id bigint NOT NULL,
    id bigint NOT NULL,
    delivery_id bigint NOT NULL,
    attempted_at timestamptz(3) NOT NULL,
    duration_ms integer NOT NULL,
    http_status integer,
    error text,
    CONSTRAINT pk_webhook_attempts PRIMARY KEY (platform_id, id)
  )`,
  `CREATE INDEX ix_webhook_attempts_delivery ON webhook_attempts (platform_id, delivery_id, id)`,
  `ALTER TABLE webhook_attempts ADD CONSTRAINT fk_webhook_attempts_delivery FOREIGN KEY (platform_id, delivery_id)
    REFERENCES webhook_deliveries(platform_id, id)`,

  `CREATE TABLE emails (
    platform_id bigint NOT NULL,
    id bigint NOT NULL,
    event_id bigint NOT NULL,
    kind text NOT NULL,
    object_id text NOT NULL,
    recipient text NOT NULL,
    subject text NOT NULL,
    body text NOT NULL,
    status text NOT NULL,
    attempts integer NOT NULL,
    next_attempt_at timestamptz(3) NOT NULL,
    last_error text,
    created_at timestamptz(3) NOT NULL,
    completed_at timestamptz(3),
    CONSTRAINT uq_emails_event UNIQUE (platform_id, event_id, kind, recipient),
    CONSTRAINT ck_emails_kind CHECK (kind IN ('account_funded', 'balance_low')),
    CONSTRAINT ck_emails_status CHECK (status IN ('pending', 'sent', 'not_sent', 'failed')),
    CONSTRAINT pk_emails PRIMARY KEY (platform_id, id)
  )`,
  `CREATE INDEX ix_emails_due ON emails (platform_id, next_attempt_at, id) WHERE status = 'pending'`,
  `CREATE INDEX ix_emails_unsent ON emails (status) WHERE status <> 'sent'`,
  `CREATE INDEX ix_emails_created_at ON emails (created_at, id)`,
  `CREATE INDEX ix_emails_object ON emails (platform_id, object_id, id)`,
  `ALTER TABLE emails ADD CONSTRAINT fk_emails_event FOREIGN KEY (platform_id, event_id) REFERENCES events(platform_id, id)`,
];

const SEQUENCES = [
  'transfers_id_seq',
  'holds_id_seq',
  'events_id_seq',
  'webhook_endpoints_id_seq',
  'webhook_deliveries_id_seq',
  'webhook_attempts_id_seq',
  'emails_id_seq',
];

const DOWN = [
  ...[
    'emails',
    'webhook_attempts',
    'webhook_deliveries',
    'webhook_endpoints',
    'events',
    'low_balance_alerts',
  ],
  ...['transfers', 'holds'],
].map((table) => `DROP TABLE ${table}`);

const DOWN_BALANCES = [
  `UPDATE credentials SET scopes = array_remove(scopes, 'transfers:write')`,
  `DROP INDEX uq_approval_requests_pending`,
  // Fails where several adjustments wait: they must be decided by people first.
  `CREATE UNIQUE INDEX uq_approval_requests_pending ON approval_requests (platform_id, action, object_id)
    WHERE status = 'pending'`,
  `DELETE FROM balances WHERE may_be_negative`,
  `DELETE FROM accounts WHERE channel = 'settlement'`,
  `ALTER TABLE balances DROP CONSTRAINT uq_balances_currency`,
  `ALTER TABLE balances DROP CONSTRAINT pk_balances`,
  `ALTER TABLE balances ADD CONSTRAINT pk_balances PRIMARY KEY (platform_id, id)`,
  `ALTER TABLE balances ADD CONSTRAINT uq_balances_account UNIQUE (platform_id, account_id)`,
  `ALTER TABLE balances DROP CONSTRAINT ck_balances_available`,
  `ALTER TABLE balances ADD CONSTRAINT ck_balances_available CHECK (posted_minor - locked_minor >= 0)`,
  `ALTER TABLE balances DROP COLUMN may_be_negative, DROP COLUMN currency_code`,
  `DROP INDEX uq_accounts_settlement`,
  `ALTER TABLE accounts DROP CONSTRAINT ck_accounts_settlement`,
  `ALTER TABLE accounts DROP CONSTRAINT ck_accounts_channel`,
  `ALTER TABLE accounts ADD CONSTRAINT ck_accounts_channel CHECK (channel IN ('owner', 'workspace', 'platform'))`,
  `ALTER TABLE accounts ALTER COLUMN customer_id SET NOT NULL`,
];

export class CreateLedger1795401600000 implements MigrationInterface {
  name = 'CreateLedger1795401600000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const sequence of SEQUENCES) await queryRunner.query(`CREATE SEQUENCE ${sequence}`);
    for (const statement of UP) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const statement of [...DOWN, ...DOWN_BALANCES]) await queryRunner.query(statement);
    for (const sequence of SEQUENCES) await queryRunner.query(`DROP SEQUENCE ${sequence}`);
  }
}
