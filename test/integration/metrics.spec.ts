import { lockDispatch } from '../../src/events/event-dispatcher.service.js';
import { Clock } from '../../src/shared/clock.js';
import { type AdminClient, anAdminClient } from '../support/admin.js';
import { Money } from '../support/money.js';
import { duringOutage } from '../support/outage.js';
import { createWorld, type World } from '../support/world.js';

let world: World;
let money: Money;
let viewer: AdminClient;

beforeAll(async () => {
  world = await createWorld();
  money = new Money(world);
  viewer = await anAdminClient(world, 'viewer');
});
afterAll(() => world.close());
afterEach(() => jest.restoreAllMocks());

let ahead = 0;

/** The values by name and labels, read at a time later than every earlier scrape. */
async function scrape(): Promise<Map<string, number>> {
  ahead += 120_000;
  const later = new Date(Date.now() + ahead);
  const clock = jest.spyOn(world.app.get(Clock), 'now').mockReturnValue(later);
  const { status, text } = await world.send('GET', '/metrics');
  clock.mockRestore();
  expect(status).toBe(200);
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.split(' ').at(-1))]));
}

describe('/metrics', () => {
  it('is the Prometheus text format, without authentication, and in no document', async () => {
    const { status, headers, text } = await world.send('GET', '/metrics');
    expect([status, headers['content-type']]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8']);
    expect(text).toMatch(/^# HELP /m);
    for (const api of ['owner', 'workspace', 'platform', 'admin'])
      expect((await world.send('GET', `/openapi/${api}.json`)).text).not.toContain('/metrics');
  });

  it('answers no other method and no path below it', async () => {
    const other = await world.send('POST', '/metrics');
    expect([other.status, other.headers['allow']]).toEqual([405, 'GET, HEAD']);
    expect((await world.send('GET', '/metrics/anything')).status).toBe(404);
  });

  it('shows the backlog in the database', async () => {
    const { platformId, id } = await money.funded(10);
    const one = async (sql: string) => world.dataSource.query(sql, [platformId]);
    // The lock keeps the dispatcher from this platform's events meanwhile.
    const other = world.dataSource.createQueryRunner();
    await other.startTransaction();
    await lockDispatch(other.manager, platformId, true);
    const before = await scrape();
    await one(
      `INSERT INTO events (platform_id, id, type, object_id, data, occurred_at)
       SELECT $1::bigint, 1000000 + n, 'account.opened', 'acc_1_1', '{}', now() FROM generate_series(1, 3) n`,
    );
    await one(`UPDATE events SET dispatched_at = now() WHERE platform_id = $1::bigint AND id = 1000003`);
    await one(
      `INSERT INTO webhook_endpoints (platform_id, id, url, event_types, status, secret, created_at, updated_at)
       VALUES ($1, 1, 'https://example.com', '{}', 'disabled', '', now(), now())`,
    );
    await one(
      `INSERT INTO webhook_deliveries (platform_id, id, endpoint_id, event_id, object_id, status, attempts,
         next_attempt_at, created_at, completed_at)
       SELECT $1::bigint, n, 1, 1000003, 'acc_1_1', CASE n WHEN 1 THEN 'delivered' ELSE 'pending' END, 0,
         now() + interval '1 day', now(), CASE n WHEN 1 THEN now() END FROM generate_series(1, 3) n`,
    );
    await one(
      `INSERT INTO emails (platform_id, id, event_id, kind, object_id, recipient, subject, body, status, attempts,
         next_attempt_at, created_at)
       SELECT $1::bigint, n, 1000003, 'balance_low', 'acc_1_1', n || '@example.com', '', '', status, 0,
         now() + interval '1 day', now() - age
       FROM (VALUES (1, 'pending', interval '3 days'), (2, 'pending', interval '0'), (3, 'failed', interval '1 hour'),
         (4, 'sent', interval '3 days'), (5, 'not_sent', interval '1 hour')) e(n, status, age)`,
    );
    await world.dataSource.query(
      `INSERT INTO holds (platform_id, id, account_id, currency_code, amount_minor, captured_minor, released_minor,
         remaining_minor, status, metadata, created_at, updated_at)
       SELECT $1::bigint, n, $2::bigint, 'USD', 5, 0, CASE n WHEN 1 THEN 5 ELSE 0 END, CASE n WHEN 1 THEN 0 ELSE 5 END,
         CASE n WHEN 1 THEN 'released' ELSE 'active' END, '{}', now(), now() FROM generate_series(1, 3) n`,
      [platformId, id],
    );
    const after = await scrape();
    await other.rollbackTransaction();
    await other.release();
    const grown = (name: string) => (after.get(name) ?? NaN) - (before.get(name) ?? NaN);
    expect(after.get('vostro_events_undispatched')).toBeGreaterThanOrEqual(2);
    expect(grown('vostro_webhook_deliveries_pending')).toBe(2);
    expect(grown('vostro_holds_active')).toBe(2);
    expect(grown('vostro_emails{status="pending"}')).toBe(2);
    expect(grown('vostro_emails{status="failed"}')).toBe(1);
    expect(grown('vostro_emails{status="not_sent"}')).toBe(1);
    expect(grown('vostro_emails{status="sent"}')).toBe(0);
  });

  it('shows at once when the books do not balance', async () => {
    const { platformId, id } = await money.funded(10);
    const change = (by: number) =>
      world.dataSource.query(
        'UPDATE balances SET posted_minor = posted_minor + $3 WHERE platform_id = $1 AND account_id = $2',
        [platformId, id, by],
      );
    const name = 'vostro_ledger_unbalanced_minor{currency="USD"}';
    expect((await scrape()).get(name)).toBe(0);
    await change(7);
    expect((await scrape()).get(name)).toBe(7);
    await change(-7);
    expect((await scrape()).get(name)).toBe(0);
  });

  it('shows the last verification of all platforms, and nothing before the first', async () => {
    const names = ['clean', 'problems', 'timestamp_seconds', 'duration_seconds'].map(
      (name) => `vostro_ledger_verify_${name}`,
    );
    const shown = async () => {
      const numbers = await scrape();
      return names.map((name) => numbers.get(name));
    };
    expect(await shown()).toEqual([undefined, undefined, undefined, undefined]);
    await viewer.get('/ledger/verify?platform=plt_1');
    expect((await shown())[0]).toBeUndefined();
    const began = Date.now() / 1_000;
    const { problems } = (await viewer.get('/ledger/verify')).body;
    const [clean, found, at] = await shown();
    expect([clean, found]).toEqual([Number(problems === 0), problems]);
    expect(Math.abs((at ?? 0) - began)).toBeLessThan(10);
  });

  it('shows response times by route pattern, and names no tenant', async () => {
    const account = await money.account();
    await viewer.get(`/accounts/${account.name}/balance`);
    await world.send('GET', '/nobody/serves/this');
    const numbers = await scrape();
    const count = (labels: string) => numbers.get(`vostro_http_request_duration_seconds_count{${labels}}`);
    expect(count('method="GET",route="/admin/accounts/:id/balance",status="200"')).toBe(1);
    expect(count('method="GET",route="unmatched",status="404"')).toBeGreaterThan(0);
    const text = [...numbers.keys()].join('\n');
    expect(text).not.toMatch(/acc_|plt_|cus_|platform=|nobody/);
  });

  it('shows the phases of an opening', async () => {
    const customer = await world.make.aCustomer();
    const headers = await world.make.platformHeaders(customer.platformId);
    const path = `/customers/${customer.identifier}/accounts`;
    const body = { accountIdentifier: 'phases-1', displayName: 'Phases', contactEmail: 'a@b.example' };
    expect((await world.send('POST', path, { headers, body })).status).toBe(201);
    const numbers = await scrape();
    const route = 'route="/customers/:customerIdentifier/accounts"';
    const sums = ['auth', 'validate', 'queue', 'lock', 'write', 'commit', 'respond'].map((phase) =>
      numbers.get(`vostro_request_phase_seconds_sum{${route},phase="${phase}"}`),
    );
    for (const sum of sums) expect(sum).toBeGreaterThan(0);
    const whole = numbers.get(
      `vostro_http_request_duration_seconds_sum{method="POST",${route},status="201"}`,
    );
    // The stopwatch starts with the first hook of the request, slightly after the server's own timer.
    const all = sums.reduce<number>((sum, one) => sum + (one ?? 0), 0);
    expect(Math.abs(all - (whole ?? 0))).toBeLessThan(0.01);
  });

  it('shows metrics of the process', async () => {
    const numbers = await scrape();
    expect(numbers.get('process_resident_memory_bytes')).toBeGreaterThan(1e7);
    expect(numbers.get('vostro_database_up')).toBe(1);
  });

  it('queries the database once for all scrapes within five seconds', async () => {
    await scrape();
    const asked = jest.spyOn(world.dataSource, 'query');
    const fixed = new Date(Date.now() + ahead + 1_000);
    jest.spyOn(world.app.get(Clock), 'now').mockReturnValue(fixed);
    await Promise.all([1, 2, 3].map(() => world.send('GET', '/metrics')));
    const counts = asked.mock.calls.filter(([sql]) => sql.includes('FROM holds'));
    expect(counts).toHaveLength(0);
    jest.spyOn(world.app.get(Clock), 'now').mockReturnValue(new Date(fixed.getTime() + 6_000));
    await Promise.all([1, 2, 3].map(() => world.send('GET', '/metrics')));
    expect(asked.mock.calls.filter(([sql]) => sql.includes('count(*) AS value FROM holds'))).toHaveLength(1);
  });

  it('answers without the database, and omits its values then', async () => {
    expect((await scrape()).has('vostro_holds_active')).toBe(true);
    const numbers = await duringOutage(world, scrape);
    expect(numbers.get('vostro_database_up')).toBe(0);
    expect(numbers.get('process_resident_memory_bytes')).toBeGreaterThan(1e7);
    const names = ['vostro_holds_active', 'vostro_emails', 'vostro_ledger_unbalanced_minor'];
    for (const key of numbers.keys()) expect(names.some((name) => key.startsWith(name))).toBe(false);
    expect((await scrape()).get('vostro_database_up')).toBe(1);
  });
});
