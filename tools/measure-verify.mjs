/**
 * Measures the verification of a large ledger: `npm run build && node tools/measure-verify.mjs [transfers]`.
 *
 * Creates a database on the server of TEST_DATABASE_URL, otherwise on an embedded one, fills it with consistent chains
 * (by default 10 million transfers between 10,000 accounts and a settlement account), verifies it, prints seconds and
 * memory, and drops it. `KEEP=1` keeps the database of TEST_DATABASE_URL.
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const require = createRequire(import.meta.url);
require('reflect-metadata');
const { Client } = require('pg');
const { DataSource } = require('typeorm');
const { LedgerVerifier } = require('../dist/ledger/reports/ledger-verifier.service.js');
const { dataSourceOptions } = require('../dist/database/data-source-options.js');
const { startEmbeddedPostgres } = require('../dist/embedded-postgres/embedded-postgres.js');
const { migrate } = require('../dist/database/migrate.js');
const { seedReferenceData } = require('../dist/database/seeds/reference-data.js');
const { Clock } = require('../dist/shared/clock.js');

const NAME = 'vostro_measure_verify';
const ACCOUNTS = 10_000;
const BATCH = 500_000;
const PLATFORM = 900_001;
const SETTLEMENT = ACCOUNTS;

const wanted = Number(process.argv[2] ?? 10_000_000);
/** Complete rounds: every account takes part once in each. */
const ROUNDS = Math.ceil(wanted / 2 / ACCOUNTS);
const HALF = ROUNDS * ACCOUNTS;

const ACCOUNTS_SQL = [
  `INSERT INTO platforms (id, name, status, kyc_agreement, home_jurisdiction_code, kyc_expiry_restricts_debits,
     created_at, updated_at)
   VALUES (${PLATFORM}, 'Measured', 'verified', 'delegated', 'US', false, now(), now())`,
  `INSERT INTO accounts (platform_id, id, channel, public_id, number, currency_code, status, alias,
     funding_notification_emails, created_at, updated_at, customer_id, workspace_id, product_id)
   SELECT ${PLATFORM}, n + 1, CASE WHEN n = ${SETTLEMENT} THEN 'settlement' ELSE 'owner' END, 'acc_' || n, n::text,
     'USD', 'active', '', '{}', now(), now(), CASE WHEN n = ${SETTLEMENT} THEN NULL ELSE n + 1 END, NULL, NULL
   FROM generate_series(0, ${ACCOUNTS}) n`,
  `INSERT INTO balances (platform_id, id, account_id, currency_code, may_be_negative, posted_minor, locked_minor,
     created_at, updated_at)
   SELECT ${PLATFORM}, n + 1, n + 1, 'USD', n = ${SETTLEMENT},
     CASE WHEN n = ${SETTLEMENT} THEN -${HALF} ELSE ${ROUNDS} END, 0, now(), now()
   FROM generate_series(0, ${ACCOUNTS}) n`,
];

const COLUMNS = `platform_id, id, journal_id, kind, debit_account_id, credit_account_id, currency_code, amount_minor,
  debit_posted_minor, credit_posted_minor, posted_at, effective_date, reference, description, metadata`;
const TIMES = `timestamptz '2025-01-01' + i * interval '1 millisecond', date '2025-01-01'`;

/** First each account receives a deposit of 1 in every round; the balance after transfer i depends on i only. */
const DEPOSITS_SQL = `INSERT INTO transfers (${COLUMNS})
  SELECT ${PLATFORM}, i + 1, i + 1, 'deposit', ${SETTLEMENT + 1}, i % ${ACCOUNTS} + 1, 'USD', 1, -(i + 1),
    i / ${ACCOUNTS} + 1, ${TIMES}, NULL, 'measured', '{}' FROM generate_series($1::bigint, $2::bigint) i`;

/** Then each account pays 1 to the next in every round; only the first pays before it is paid. */
const CIRCLES_SQL = `INSERT INTO transfers (${COLUMNS})
  SELECT ${PLATFORM}, i + 1, i + 1, 'transfer', k + 1, (k + 1) % ${ACCOUNTS} + 1, 'USD', 1,
    ${ROUNDS} - CASE WHEN k = 0 THEN 1 ELSE 0 END, ${ROUNDS} + CASE WHEN k = ${ACCOUNTS - 1} THEN 0 ELSE 1 END,
    ${TIMES}, 'r' || i, 'measured', '{}'
  FROM (SELECT i, (i - ${HALF}) % ${ACCOUNTS} AS k FROM generate_series($1::bigint, $2::bigint) i) numbered`;

async function main() {
  const { server, stop } = await aServer();
  const admin = await connected(server);
  try {
    await admin.query(`DROP DATABASE IF EXISTS ${NAME} WITH (FORCE)`);
    await admin.query(`CREATE DATABASE ${NAME}`);
    const url = new URL(server);
    url.pathname = `/${NAME}`;
    await fill(url.href);
    await measure(url.href);
    if (process.env.KEEP !== '1') await admin.query(`DROP DATABASE ${NAME} WITH (FORCE)`);
  } finally {
    await admin.end();
    await stop();
  }
}

async function aServer() {
  if (process.env.TEST_DATABASE_URL)
    return { server: process.env.TEST_DATABASE_URL, stop: async () => undefined };
  const home = mkdtempSync(join(tmpdir(), 'vostro-measure-'));
  // When run as root the server uses another account, which must be able to traverse the folder.
  chmodSync(home, 0o711);
  const postgres = await startEmbeddedPostgres({ home, durable: false });
  return {
    server: postgres.url,
    stop: async () => {
      await postgres.stop();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

async function fill(url) {
  const began = performance.now();
  await migrate(url);
  const dataSource = await new DataSource(dataSourceOptions(url, 1)).initialize();
  await dataSource.transaction((tx) => seedReferenceData(tx, new Date()));
  await dataSource.destroy();
  const client = await connected(url);
  // The inserted rows are consistent by construction: neither customers nor foreign-key triggers are needed.
  await client.query(`SET session_replication_role = replica`);
  for (const statement of ACCOUNTS_SQL) await client.query(statement);
  for (const [sql, first] of [
    [DEPOSITS_SQL, 0],
    [CIRCLES_SQL, HALF],
  ])
    for (let at = first; at < first + HALF; at += BATCH)
      await client.query(sql, [at, Math.min(at + BATCH, first + HALF) - 1]);
  await client.query('VACUUM ANALYZE');
  await client.end();
  tell(`filled with ${2 * HALF} transfers in ${seconds(began)} s`);
}

async function measure(url) {
  const dataSource = await new DataSource(dataSourceOptions(url, 2)).initialize();
  const before = process.memoryUsage().rss;
  let shown = 0;
  const began = performance.now();
  const verdict = await new LedgerVerifier(dataSource, new Clock()).verify({
    platformId: null,
    onProgress: (done, total) => {
      if (performance.now() - shown < 10_000) return;
      shown = performance.now();
      tell(
        `${done} of ${total} entries after ${seconds(began)} s, ${megabytes(process.memoryUsage().rss)} MB`,
      );
    },
  });
  tell(JSON.stringify(verdict));
  tell(
    `verified in ${seconds(began)} s; ${megabytes(before)} MB resident before, ` +
      `${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MB at the peak`,
  );
  await dataSource.destroy();
}

async function connected(url) {
  const client = new Client({ connectionString: url });
  await client.connect();
  return client;
}

const seconds = (began) => ((performance.now() - began) / 1_000).toFixed(1);
const megabytes = (bytes) => (bytes / 2 ** 20).toFixed(0);

function tell(line) {
  process.stdout.write(`${line}\n`);
}

await main();
