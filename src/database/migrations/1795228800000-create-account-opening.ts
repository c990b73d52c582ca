import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The tables that opening accounts needs, with every constraint named. */
const UP = [
  `CREATE TABLE currencies (
    id integer NOT NULL,
    code text NOT NULL,
    name text NOT NULL,
    symbol text NOT NULL,
    decimals smallint NOT NULL,
    kind text NOT NULL,
    enabled boolean NOT NULL,
    swift_minimum_withdrawal_minor bigint NOT NULL,
    created_at timestamptz(3) NOT NULL,
    updated_at timestamptz(3) NOT NULL,
    CONSTRAINT uq_currencies_code UNIQUE (code),
    CONSTRAINT ck_currencies_code CHECK (code ~ '^[A-Z0-9]{3,10}$'),
    CONSTRAINT ck_currencies_decimals CHECK (decimals BETWEEN 0 AND 8),
    CONSTRAINT ck_currencies_kind CHECK (kind IN ('fiat', 'digital')),
    CONSTRAINT pk_currencies PRIMARY KEY (id)
  )`,
  `CREATE TABLE jurisdictions (
    code text NOT NULL,
    name text NOT NULL,
    created_at timestamptz(3) NOT NULL,
    CONSTRAINT ck_jurisdictions_code CHECK (code ~ '^[A-Z]{2}$'),
    CONSTRAINT pk_jurisdictions PRIMARY KEY (code)
  )`,
  `CREATE TABLE platforms (
    id bigint NOT NULL,
    name text NOT NULL,
    status text NOT NULL,
    kyc_agreement text NOT NULL,
    home_jurisdiction_code text NOT NULL,
    created_at timestamptz(3) NOT NULL,
    CONSTRAINT uq_platforms_name UNIQUE (name),
    CONSTRAINT ck_platforms_kyc_agreement CHECK (kyc_agreement IN ('delegated', 'required')),
    CONSTRAINT ck_platforms_status CHECK (status IN ('pending', 'verified', 'suspended')),
    CONSTRAINT pk_platforms PRIMARY KEY (id)
  )`,
  `CREATE TABLE customers (
    platform_id bigint NOT NULL,
    id bigint NOT NULL,
    identifier text NOT NULL,
    display_name text NOT NULL,
    status text NOT NULL,
    kyc_status text NOT NULL,
    kyc_evidence text,
    country_of_residence text,
    jurisdiction_override text,
    created_at timestamptz(3) NOT NULL,
    updated_at timestamptz(3) NOT NULL,
    CONSTRAINT uq_customers_display_name UNIQUE (platform_id, display_name),
    CONSTRAINT uq_customers_identifier UNIQUE (platform_id, identifier),
    CONSTRAINT ck_customers_kyc_evidence CHECK (kyc_status <> 'approved' OR kyc_evidence IS NOT NULL),
    CONSTRAINT ck_customers_kyc_status CHECK (kyc_status IN ('not_started', 'pending', 'approved', 'rejected', 'expired')),
    CONSTRAINT ck_customers_status CHECK (status IN ('active', 'suspended')),
    CONSTRAINT pk_customers PRIMARY KEY (platform_id, id)
  )`,
  `CREATE TABLE products (
    id integer NOT NULL,
    name text NOT NULL,
    description text NOT NULL,
    currency_code text NOT NULL,
    account_type text NOT NULL,
    status text NOT NULL,
    max_accounts_per_customer integer,
    created_at timestamptz(3) NOT NULL,
    updated_at timestamptz(3) NOT NULL,
    CONSTRAINT uq_products_name UNIQUE (name),
    CONSTRAINT ck_products_cap CHECK (max_accounts_per_customer > 0),
    CONSTRAINT ck_products_account_type CHECK (account_type = 'CACC'),
    CONSTRAINT ck_products_status CHECK (status IN ('available', 'retired')),
    CONSTRAINT pk_products PRIMARY KEY (id)
  )`,
  `CREATE TABLE workspaces (
    platform_id bigint NOT NULL,
    id bigint NOT NULL,
    customer_id bigint NOT NULL,
    created_at timestamptz(3) NOT NULL,
    CONSTRAINT pk_workspaces PRIMARY KEY (platform_id, id)
  )`,
  `CREATE TABLE accounts (
    platform_id bigint NOT NULL,
    id bigint NOT NULL,
    customer_id bigint NOT NULL,
    channel text NOT NULL,
    public_id text NOT NULL,
    number text NOT NULL,
    currency_code text NOT NULL,
    status text NOT NULL,
    workspace_id bigint,
    product_id integer,
    alias text NOT NULL,
    account_identifier text,
    display_name text,
    contact_email text,
    funding_notification_emails text[] NOT NULL,
    created_at timestamptz(3) NOT NULL,
    updated_at timestamptz(3) NOT NULL,
    CONSTRAINT uq_accounts_number UNIQUE (platform_id, number),
    CONSTRAINT uq_accounts_public_id UNIQUE (platform_id, public_id),
    CONSTRAINT ck_accounts_account_identifier CHECK (account_identifier ~ '^[-0-9a-z]{5,100}$'),
    CONSTRAINT ck_accounts_platform CHECK ((channel = 'platform') = (account_identifier IS NOT NULL AND display_name IS NOT NULL AND contact_email IS NOT NULL)),
    CONSTRAINT ck_accounts_workspace CHECK ((channel = 'workspace') = (workspace_id IS NOT NULL AND product_id IS NOT NULL)),
    CONSTRAINT ck_accounts_status CHECK (status IN ('active', 'frozen', 'disabled', 'closed')),
    CONSTRAINT ck_accounts_channel CHECK (channel IN ('owner', 'workspace', 'platform')),
    CONSTRAINT pk_accounts PRIMARY KEY (platform_id, id)
  )`,
  `CREATE INDEX ix_accounts_channel ON accounts (platform_id, channel, id)`,
  `CREATE INDEX ix_accounts_customer ON accounts (platform_id, customer_id, channel, id)`,
  `CREATE UNIQUE INDEX uq_accounts_account_identifier ON accounts (platform_id, account_identifier)
    WHERE channel = 'platform'`,
  `CREATE UNIQUE INDEX uq_accounts_workspace_product_alias ON accounts (platform_id, workspace_id, product_id, alias)
    WHERE channel = 'workspace' AND status <> 'closed'`,
  `CREATE UNIQUE INDEX uq_accounts_owner_currency ON accounts (platform_id, customer_id, currency_code)
    WHERE channel = 'owner' AND status <> 'closed'`,
  `CREATE TABLE balances (
    platform_id bigint NOT NULL,
    id bigint NOT NULL,
    account_id bigint NOT NULL,
    posted_minor bigint NOT NULL,
    locked_minor bigint NOT NULL,
    created_at timestamptz(3) NOT NULL,
    updated_at timestamptz(3) NOT NULL,
    CONSTRAINT uq_balances_account UNIQUE (platform_id, account_id),
    CONSTRAINT ck_balances_available CHECK (posted_minor - locked_minor >= 0),
    CONSTRAINT ck_balances_locked_range CHECK (locked_minor >= 0 AND locked_minor < 1000000000000000),
    CONSTRAINT ck_balances_posted_range CHECK (posted_minor > -1000000000000000 AND posted_minor < 1000000000000000),
    CONSTRAINT pk_balances PRIMARY KEY (platform_id, id)
  )`,
  `CREATE TABLE change_versions (
    topic text NOT NULL,
    version bigint NOT NULL,
    CONSTRAINT pk_change_versions PRIMARY KEY (topic)
  )`,
  `CREATE TABLE credentials (
    platform_id bigint NOT NULL,
    id bigint NOT NULL,
    kind text NOT NULL,
    customer_id bigint,
    key text NOT NULL,
    secret_hash bytea NOT NULL,
    scopes text[] NOT NULL,
    expires_at timestamptz(3),
    revoked_at timestamptz(3),
    created_at timestamptz(3) NOT NULL,
    CONSTRAINT uq_credentials_key UNIQUE (platform_id, key),
    CONSTRAINT ck_credentials_owner CHECK ((kind = 'owner') = (customer_id IS NOT NULL)),
    CONSTRAINT ck_credentials_kind CHECK (kind IN ('owner', 'platform', 'admin')),
    CONSTRAINT pk_credentials PRIMARY KEY (platform_id, id)
  )`,
  `CREATE INDEX ix_credentials_customer ON credentials (platform_id, customer_id)`,
  `CREATE TABLE idempotency_records (
    platform_id bigint NOT NULL,
    scope text NOT NULL,
    key text NOT NULL,
    fingerprint bytea NOT NULL,
    receipt bytea NOT NULL,
    created_at timestamptz(3) NOT NULL,
    expires_at timestamptz(3) NOT NULL,
    CONSTRAINT pk_idempotency_records PRIMARY KEY (platform_id, scope, key)
  )`,
  `CREATE INDEX ix_idempotency_records_expires_at ON idempotency_records (expires_at)`,
  `CREATE TABLE jurisdiction_currencies (
    jurisdiction_code text NOT NULL,
    currency_code text NOT NULL,
    created_at timestamptz(3) NOT NULL,
    CONSTRAINT pk_jurisdiction_currencies PRIMARY KEY (jurisdiction_code, currency_code)
  )`,
  `CREATE TABLE sessions (
    platform_id bigint NOT NULL,
    id bigint NOT NULL,
    workspace_id bigint,
    revoked_at timestamptz(3),
    created_at timestamptz(3) NOT NULL,
    CONSTRAINT pk_sessions PRIMARY KEY (platform_id, id)
  )`,
  `CREATE TABLE refresh_tokens (
    platform_id bigint NOT NULL,
    id bigint NOT NULL,
    session_id bigint NOT NULL,
    secret_hash bytea NOT NULL,
    created_at timestamptz(3) NOT NULL,
    expires_at timestamptz(3) NOT NULL,
    used_at timestamptz(3),
    CONSTRAINT pk_refresh_tokens PRIMARY KEY (platform_id, id)
  )`,
  `CREATE INDEX ix_refresh_tokens_session ON refresh_tokens (platform_id, session_id)`,
  `ALTER TABLE platforms ADD CONSTRAINT fk_platforms_home_jurisdiction
    FOREIGN KEY (home_jurisdiction_code)
    REFERENCES jurisdictions(code)`,
  `ALTER TABLE customers ADD CONSTRAINT fk_customers_platform
    FOREIGN KEY (platform_id)
    REFERENCES platforms(id)`,
  `ALTER TABLE customers ADD CONSTRAINT fk_customers_jurisdiction_override
    FOREIGN KEY (jurisdiction_override)
    REFERENCES jurisdictions(code)`,
  `ALTER TABLE products ADD CONSTRAINT fk_products_currency
    FOREIGN KEY (currency_code)
    REFERENCES currencies(code)`,
  `ALTER TABLE workspaces ADD CONSTRAINT fk_workspaces_customer
    FOREIGN KEY (platform_id, customer_id)
    REFERENCES customers(platform_id, id)`,
  `ALTER TABLE accounts ADD CONSTRAINT fk_accounts_customer
    FOREIGN KEY (platform_id, customer_id)
    REFERENCES customers(platform_id, id)`,
  `ALTER TABLE accounts ADD CONSTRAINT fk_accounts_currency
    FOREIGN KEY (currency_code)
    REFERENCES currencies(code)`,
  `ALTER TABLE accounts ADD CONSTRAINT fk_accounts_workspace
    FOREIGN KEY (platform_id, workspace_id)
    REFERENCES workspaces(platform_id, id)`,
  `ALTER TABLE accounts ADD CONSTRAINT fk_accounts_product
    FOREIGN KEY (product_id)
    REFERENCES products(id)`,
  `ALTER TABLE balances ADD CONSTRAINT fk_balances_account
    FOREIGN KEY (platform_id, account_id)
    REFERENCES accounts(platform_id, id)`,
  `ALTER TABLE credentials ADD CONSTRAINT fk_credentials_platform
    FOREIGN KEY (platform_id)
    REFERENCES platforms(id)`,
  `ALTER TABLE credentials ADD CONSTRAINT fk_credentials_customer
    FOREIGN KEY (platform_id, customer_id)
    REFERENCES customers(platform_id, id)`,
  `ALTER TABLE idempotency_records ADD CONSTRAINT fk_idempotency_records_platform
    FOREIGN KEY (platform_id)
    REFERENCES platforms(id)`,
  `ALTER TABLE jurisdiction_currencies ADD CONSTRAINT fk_jurisdiction_currencies_jurisdiction
    FOREIGN KEY (jurisdiction_code)
    REFERENCES jurisdictions(code)`,
  `ALTER TABLE jurisdiction_currencies ADD CONSTRAINT fk_jurisdiction_currencies_currency
    FOREIGN KEY (currency_code)
    REFERENCES currencies(code)`,
  `ALTER TABLE sessions ADD CONSTRAINT fk_sessions_platform
    FOREIGN KEY (platform_id)
    REFERENCES platforms(id)`,
  `ALTER TABLE sessions ADD CONSTRAINT fk_sessions_workspace
    FOREIGN KEY (platform_id, workspace_id)
    REFERENCES workspaces(platform_id, id)`,
  `ALTER TABLE refresh_tokens ADD CONSTRAINT fk_refresh_tokens_session
    FOREIGN KEY (platform_id, session_id)
    REFERENCES sessions(platform_id, id)`,
];

/** Ids come from sequences, not identity columns, so that the same schema can be distributed by platform. */
const SEQUENCES = [
  'accounts_id_seq',
  'balances_id_seq',
  'credentials_id_seq',
  'customers_id_seq',
  'platforms_id_seq',
  'refresh_tokens_id_seq',
  'sessions_id_seq',
  'workspaces_id_seq',
];

/** Each before what it refers to. */
const TABLES = [
  'refresh_tokens',
  'sessions',
  'idempotency_records',
  'credentials',
  'balances',
  'accounts',
  'workspaces',
  'customers',
  'platforms',
  'products',
  'jurisdiction_currencies',
  'jurisdictions',
  'currencies',
  'change_versions',
];

export class CreateAccountOpening1795228800000 implements MigrationInterface {
  name = 'CreateAccountOpening1795228800000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const sequence of SEQUENCES) await queryRunner.query(`CREATE SEQUENCE ${sequence}`);
    for (const statement of UP) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const table of TABLES) await queryRunner.query(`DROP TABLE ${table}`);
    for (const sequence of SEQUENCES) await queryRunner.query(`DROP SEQUENCE ${sequence}`);
  }
}
