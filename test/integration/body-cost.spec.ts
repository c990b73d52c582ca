import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { type AppProcess, startAppProcess } from '../support/app-process.js';
import type { KeyHeaders } from '../support/factories.js';
import { createWorld, type World } from '../support/world.js';

/** Nearly as large as a body may be. */
const SIZE = 64 * 1024 - 300;
const TRIES = 20;
const ACCOUNT = { accountIdentifier: 'acme-usd-1', displayName: 'Acme', contactEmail: 'ops@example.com' };

let world: World;
let app: AppProcess;
let opening: { path: string; headers: KeyHeaders };
let journal: { path: string; headers: KeyHeaders };

beforeAll(async () => {
  world = await createWorld();
  const customer = await world.make.aCustomer();
  // A process of its own: the tests' own one runs instrumented code.
  app = await startAppProcess(world.databaseUrl);
  const headers = await world.make.platformHeaders(customer.platformId);
  opening = { path: `/customers/${customer.identifier}/accounts`, headers };
  journal = { path: '/admin/journals', headers: await world.make.adminHeaders('operator') };
});
afterAll(async () => {
  await app.stop();
  await world.close();
});

/**
 * Milliseconds that the main thread of the app has run for. Where Linux does not tell, the time: then the measure only
 * holds on a machine that is idle.
 */
function runningTime(): number {
  const statistics = `/proc/${app.process.pid}/schedstat`;
  if (!existsSync(statistics)) return performance.now();
  return Number(readFileSync(statistics, 'utf8').split(' ')[0]) / 1e6;
}

/** The cheapest of several calls, in ms of CPU time: everything else that the app does only makes one cost more. */
async function costOf({ path, headers }: typeof opening, body: string): Promise<number> {
  expect(Buffer.byteLength(body)).toBeLessThanOrEqual(64 * 1024);
  let cheapest = Infinity;
  for (let count = 0; count < TRIES; count++) {
    const from = runningTime();
    const sent = {
      'content-type': 'application/json',
      'idempotency-key': randomUUID(),
      ...headers,
    };
    const answer = await fetch(app.url + path, { method: 'POST', headers: sent, body });
    const text = await answer.text();
    cheapest = Math.min(cheapest, runningTime() - from);
    expect(`${answer.status} ${text}`).toMatch(/^(400 .*(too_long|must have)|413 )/);
  }
  return cheapest;
}

/** Repeats a JSON text as often as it has room. */
const fill = (json: string): string => json.repeat(Math.floor(SIZE / Buffer.byteLength(json)));
const textOf = (json: string): string => `"${fill(json)}"`;
const listOf = (json: string): string => `[${fill(`${json},`)}${json}]`;
const manyKeys = (): string => Array.from({ length: 5_000 }, (_, n) => `"k${n}":""`).join(',');
const account = (name: string, json: string): string =>
  `${JSON.stringify({ ...ACCOUNT, [name]: undefined }).slice(0, -1)},"${name}":${json}}`;

describe('A body of 64 KiB', () => {
  const texts = ['\u{1f1e6}', '\u{1f468}\u200d', '\u202e', 'é', ' ', '\\u0000', '#\ufe0f', 'a@', 'a.', '\\"'];
  it.each([
    ...texts.map((text) => [`displayName ${text}`, account('displayName', textOf(text))]),
    ...texts.map((text) => [`contactEmail ${text}`, account('contactEmail', textOf(text))]),
    ...['{}', '[]', 'null', '{"emailAddress":1}'].map((item) => [
      `fundingNotification ${item}`,
      account('fundingNotification', listOf(item)),
    ]),
  ])('costs at most five times as much as one of ASCII: %s', async (_what, body) => {
    const ordinary = await costOf(opening, account('displayName', textOf('a')));
    expect(await costOf(opening, body)).toBeLessThan(5 * ordinary);
  });

  it.each([
    ['{}', `{"reason":"x","transfers":${listOf('{}')}}`],
    ['metadata', `{"reason":"x","transfers":[{"metadata":{${manyKeys()}}}]}`],
    ['unknown fields', `{"reason":"x",${manyKeys()}}`],
  ])(
    'costs at most five times as much as one of ASCII, in an API with closed bodies: %s',
    async (_what, body) => {
      const ordinary = await costOf(journal, `{"transfers":[],"reason":${textOf('a')}}`);
      expect(await costOf(journal, body)).toBeLessThan(5 * ordinary);
    },
  );
});
