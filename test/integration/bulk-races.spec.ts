import { anAccountLine, BulkStream, endOf, type SentLine } from '../support/bulk.js';
import { type AppProcess, startAppProcess } from '../support/app-process.js';
import { anAdminClient, REASON } from '../support/admin.js';
import type { KeyHeaders } from '../support/factories.js';
import { Money } from '../support/money.js';
import { createWorld, type World } from '../support/world.js';

let world: World;
let apps: AppProcess[];
let headers: KeyHeaders;

beforeAll(async () => {
  world = await createWorld();
  apps = await Promise.all([startAppProcess(world.databaseUrl), startAppProcess(world.databaseUrl)]);
  headers = await world.make.adminHeaders('operator');
});
afterAll(async () => {
  await Promise.all(apps.map((app) => app.stop()));
  await world.close();
});

/** Sends the same lines to both processes at once. */
async function sendTwice(path: string, lines: readonly SentLine[]) {
  return Promise.all(
    apps.map(async ({ url }) => {
      const stream = new BulkStream(url, path, headers);
      stream.send(lines);
      stream.end();
      return stream.rest();
    }),
  );
}

// In atomic mode the second upload waits for the first, and no statement may wait for 10 s.
describe.each([
  ['', 150],
  ['?atomic=true', 30],
] as const)('Two uploads of the same lines at once%s', (query, count) => {
  it('open each account once and report it to both', async () => {
    const customer = await world.make.aCustomer({ countryOfResidence: 'US' });
    const name = `race${query.length}`;
    const lines = Array.from({ length: count }, (_, i) => anAccountLine(customer, `${name}-${i}`));
    const [one, other] = await sendTwice(`/accounts/bulk${query}`, lines);
    expect(new Set([...(one?.verdicts ?? []), ...(other?.verdicts ?? [])].map(endOf))).toEqual(
      new Set(['opened']),
    );
    expect(one?.verdicts.map(({ account }) => account)).toEqual(
      other?.verdicts.map(({ account }) => account),
    );
    expect(Number(one?.summary?.replayed) + Number(other?.summary?.replayed)).toBe(count);
    expect(await world.count('accounts', `platform_id = ${customer.platformId}`)).toBe(count);
  });

  it('post each transfer once, in both directions', async () => {
    const money = new Money(world);
    const a = await money.funded(count);
    const b = await money.funded(count, a.customer);
    const lines = Array.from({ length: count }, (_, i) => ({
      idempotencyKey: `move${query.length}-${i}`,
      amount: 1,
      reason: REASON,
      ...(i % 3 === 0 ? { from: b.name, to: a.name } : { from: a.name, to: b.name }),
    }));
    const [one, other] = await sendTwice(`/transfers/bulk${query}`, lines);
    expect([one?.summary, other?.summary]).toMatchObject([{ done: count }, { done: count }]);
    expect(one?.verdicts.map(({ transfer }) => transfer)).toEqual(
      other?.verdicts.map(({ transfer }) => transfer),
    );
    const admin = await anAdminClient(world, 'viewer');
    expect(await admin.balanceOf(a.name)).toEqual([count - count / 3, 0]);
    const where = `platform_id = ${a.platformId} AND kind = 'transfer'`;
    expect(await world.count('transfers', where)).toBe(count);
  });
});
