import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DataSource } from 'typeorm';
import { createApp } from '../../src/configure-app.js';
import { dataSourceOptions } from '../../src/database/data-source-options.js';
import type { EmbeddedPostgres } from '../../src/embedded-postgres/embedded-postgres.js';
import { migrate } from '../../src/database/migrate.js';
import { seedReferenceData } from '../../src/database/seeds/reference-data.js';
import { startEmbeddedPostgres } from '../support/embedded-postgres.js';
import { type AppProcess, startAppProcess } from '../support/app-process.js';
import { start } from '../support/cli.js';
import { Factories, type KeyHeaders } from '../support/factories.js';
import { TestLoad, type LoadRequest, post } from '../support/load.js';
import { Money, type TestAccount } from '../support/money.js';
import { anOpening } from '../support/opening.js';
import { openFolder } from '../support/program.js';
import { testEnvironment, testVariables } from '../support/test-environment.js';
import { WebhookReceiver } from '../support/webhook-receiver.js';
import { until } from '../support/until.js';
import type { World } from '../support/world.js';

const ROUNDS = Number(process.env.CRASH_ROUNDS ?? 50);
const CLIENTS = 16;
const ACCOUNTS = 8;
const SETTLE_MS = 60_000;
/** A dead process's lease on a delivery expires after 30 seconds. */
const DELIVERED_WITHIN_MS = 180_000;
const TLS = join(__dirname, '../support/tls');
const CERTIFICATE = join(TLS, 'receiver.crt');
const VARIABLES = { WEBHOOK_ALLOWED_NETWORKS: '127.0.0.0/8', NODE_EXTRA_CA_CERTS: CERTIFICATE };

let home: string;
let postgres: EmbeddedPostgres;
let app: AppProcess;
let load: TestLoad;
let receiver: WebhookReceiver;
/** For reading only. Its connections break like the app's when the server fails. */
let eyes: DataSource;

beforeAll(async () => {
  home = openFolder();
  postgres = await startEmbeddedPostgres({ home, durable: true });
  await migrate(postgres.url);
  eyes = await new DataSource(dataSourceOptions(postgres.url, 2)).initialize();
  await eyes.transaction((tx) => seedReferenceData(tx, new Date()));
  receiver = await WebhookReceiver.start({
    cert: readFileSync(CERTIFICATE, 'utf8'),
    key: readFileSync(join(TLS, 'receiver.key'), 'utf8'),
  });
  load = await prepareLoad();
  app = await startApp();
}, 120_000);

afterAll(async () => {
  await app.stop();
  await receiver.close();
  await eyes.destroy();
  await postgres.stop();
  rmSync(home, { recursive: true, force: true });
});

interface Stage {
  accounts: TestAccount[];
  platform: KeyHeaders;
  admin: KeyHeaders;
}

async function prepareLoad(): Promise<TestLoad> {
  const setUp: NestFastifyApplication = await createApp(testEnvironment(postgres.url, VARIABLES));
  const make = new Factories(setUp);
  const money = new Money({ app: setUp, make } as World);
  const customer = await make.aCustomer({ countryOfResidence: null });
  const accounts = [];
  for (let n = 0; n < ACCOUNTS; n++) accounts.push(await money.funded(1_000, customer));
  const stage = {
    accounts,
    platform: await make.platformHeaders(customer.platformId),
    admin: await make.adminHeaders(),
  };
  // An event dispatched while the webhook is created may miss it correctly, because it happened before.
  await until(isAllDispatched, { what: 'dispatch of the events before the webhook', withinMs: SETTLE_MS });
  await setUp.inject({
    method: 'POST',
    url: '/admin/webhooks',
    headers: stage.admin,
    payload: { platform: `plt_${customer.platformId}`, url: receiver.url(), reason: 'a crash test' },
  });
  await setUp.close();
  let number = 0;
  return new TestLoad(() => requestOf(stage, ++number), { clients: CLIENTS });
}

async function isAllDispatched(): Promise<boolean> {
  const [{ waiting }] = await eyes.query<[{ waiting: boolean }]>(
    'SELECT EXISTS (SELECT 1 FROM events WHERE dispatched_at IS NULL) AS waiting',
  );
  return !waiting;
}

/** Opens, transfers, deposits, holds: each with the mechanism that makes its own retry safe. */
function requestOf({ accounts, platform, admin }: Stage, number: number): LoadRequest {
  const at = (offset: number): TestAccount => accounts[(number * 7 + offset) % ACCOUNTS] as TestAccount;
  const reference = `load-${number}`;
  const key = { 'idempotency-key': reference };
  const reason = 'load of a crash test';
  switch (number % 4) {
    case 0:
      return {
        path: `/customers/${at(0).customer.identifier}/accounts`,
        headers: { ...platform, ...key },
        body: anOpening(reference),
        effect: { table: 'accounts', key: reference },
      };
    case 1:
      return {
        path: '/admin/deposits',
        headers: { ...admin, ...key },
        body: { account: at(0).name, amount: 1, reference, reason },
        effect: { table: 'transfers', key: reference },
      };
    case 2:
      return {
        path: '/admin/holds',
        headers: { ...admin, ...key },
        body: { account: at(0).name, amount: 0.01, reference, reason },
        effect: { table: 'holds', key: reference },
      };
    default:
      return {
        path: '/raas/v2/transferFunds',
        headers: platform,
        body: {
          transferFrom: at(0).identifier,
          transferTo: at(1 + (number % (ACCOUNTS - 1))).identifier,
          amount: 1 + (number % 3),
          externalRefID: reference,
        },
        effect: { table: 'transfers', key: reference },
      };
  }
}

const startApp = (): Promise<AppProcess> => startAppProcess(postgres.url, VARIABLES);
const delay = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Kills the app. */
function killApp(): void {
  app.process.kill('SIGKILL');
  load.stop();
}

/** Kills one backend that serves the app: the server then ends all of them and recovers. */
async function killBackend(): Promise<void> {
  const rows = await eyes.query<{ pid: number }[]>(
    `SELECT pid FROM pg_stat_activity WHERE application_name = 'vostro' AND pid <> pg_backend_pid()
       AND backend_type = 'client backend' ORDER BY (state = 'active') DESC, random() LIMIT 1`,
  );
  process.kill(rows[0]?.pid ?? 0, 'SIGKILL');
}

async function recovered(): Promise<void> {
  for (;;) {
    try {
      await eyes.query('SELECT 1');
      return;
    } catch {
      // The server is down or starting.
      await delay(50);
    }
  }
}

/** The number of effects of a round's requests, by key. */
async function effectsIn(table: string, keys: readonly string[]): Promise<Map<string, number>> {
  const column = table === 'accounts' ? 'account_identifier' : 'reference';
  const rows = await eyes.query<{ key: string; n: number }[]>(
    `SELECT ${column} AS key, count(*)::int AS n FROM ${table} WHERE ${column} = ANY($1::text[]) GROUP BY 1`,
    [keys],
  );
  return new Map(rows.map(({ key, n }) => [key, n]));
}

/** Every accepted request took effect once, and every refused one not at all. */
async function assertEffects(from: number): Promise<void> {
  for (const table of ['transfers', 'holds', 'accounts'] as const) {
    const settled = load.acknowledged.slice(from).filter(({ request }) => request.effect.table === table);
    const effects = await effectsIn(
      table,
      settled.map(({ request }) => request.effect.key),
    );
    const wrong = settled.filter(({ request, answer }) => {
      const expected = answer.status < 300 ? 1 : 0;
      return (effects.get(request.effect.key) ?? 0) !== expected;
    });
    expect(wrong).toEqual([]);
  }
}

/** Every transfer and hold with a reference belongs to an accepted request. */
async function assertBooks(): Promise<void> {
  const known = load.acknowledged
    .filter(({ answer }) => answer.status < 300)
    .map(({ request }) => request.effect);
  for (const table of ['transfers', 'holds'] as const) {
    const keys = new Set(known.filter((effect) => effect.table === table).map(({ key }) => key));
    const rows = await eyes.query<{ key: string }[]>(
      `SELECT reference AS key FROM ${table} WHERE reference IS NOT NULL`,
    );
    expect(rows.filter(({ key }) => !keys.has(key))).toEqual([]);
  }
}

/**
 * Every event reached the receiver, and those of an account first arrived in the order of their ids.
 * @returns the number of repeated deliveries
 */
async function assertTold(): Promise<number> {
  const isDelivered = async (): Promise<boolean> => {
    const [{ open }] = await eyes.query<[{ open: number }]>(
      `SELECT (SELECT count(*) FROM events WHERE dispatched_at IS NULL)::int +
         (SELECT count(*) FROM webhook_deliveries WHERE status = 'pending')::int AS open`,
    );
    return open === 0;
  };
  await until(isDelivered, { what: 'delivery', withinMs: DELIVERED_WITHIN_MS });
  const events = await eyes.query<{ id: string; objectId: string }[]>(
    `SELECT 'evt_' || platform_id || '_' || id AS id, object_id AS "objectId" FROM events
     WHERE dispatched_at > (SELECT created_at FROM webhook_endpoints) ORDER BY events.id`,
  );
  const told = [...new Set(receiver.received.map(({ headers }) => headers['webhook-id'] ?? ''))];
  const objectOf = new Map(events.map(({ id, objectId }) => [id, objectId]));
  const happened = Map.groupBy(events, ({ objectId }) => objectId);
  const heard = Map.groupBy(told, (id) => objectOf.get(id));
  for (const [objectId, own] of happened) expect(heard.get(objectId)).toEqual(own.map(({ id }) => id));
  return receiver.received.length - told.length;
}

it(`loses and duplicates nothing in ${ROUNDS} crashes under load`, async () => {
  let [settled, doubtful] = [0, 0];
  for (let round = 0; round < ROUNDS; round++) {
    const running = load.run(app.url);
    await delay(200 + Math.random() * 500);
    if (round % 2 === 0) {
      killApp();
      await running;
      app = await startApp();
    } else {
      await killBackend();
      await delay(100 + Math.random() * 300);
      load.stop();
      await running;
      await recovered();
    }
    doubtful += await load.settle(app.url, SETTLE_MS);
    await assertEffects(settled);
    settled = load.acknowledged.length;
  }
  await assertBooks();
  // A late retry returns the same response, byte for byte. (An externalRefID stores no refusals.)
  const done = load.acknowledged.filter(({ answer }) => answer.status < 300);
  for (const { request, answer } of done.filter((_, n) => n % 50 === 0))
    expect(await post(app.url, request)).toEqual(answer);
  const again = await assertTold();
  const verified = await start(['verify', '--json'], testVariables(postgres.url)).ended;
  expect({ code: verified.code, verdict: JSON.parse(verified.out) }).toMatchObject({
    code: 0,
    verdict: { clean: true, problems: 0 },
  });
  process.stdout.write(
    `${load.acknowledged.length} requests, ${doubtful} of them in doubt after a crash; ` +
      `${receiver.received.length} webhook calls, ${again} of them a second time\n`,
  );
  expect(doubtful).toBeGreaterThan(ROUNDS);
}, 3_600_000);
