import { lockDispatch } from '../../../src/events/event-dispatcher.service.js';
import { type AdminClient, anAdminClient } from '../../support/admin.js';
import { Money } from '../../support/money.js';
import { answers, WebhookReceiver } from '../../support/webhook-receiver.js';
import { until } from '../../support/until.js';
import { anAccount, numbersIn, Webhooks } from '../../support/webhooks.js';
import type { TestResponse } from '../../support/world.js';

const TIME: unknown = expect.stringMatching(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/);

let webhooks: Webhooks;
let receiver: WebhookReceiver;
let admin: AdminClient;
let platformId: string;
let platform: string;

beforeAll(async () => {
  webhooks = await Webhooks.start({ callMs: 300 });
  receiver = await WebhookReceiver.start();
  admin = await anAdminClient(webhooks.world, 'operator');
});
afterAll(async () => {
  await webhooks.close();
  await receiver.close();
});
beforeEach(async () => {
  receiver.received.length = 0;
  receiver.behave = answers(200);
  platformId = (await webhooks.world.make.aPlatform()).id;
  platform = `plt_${platformId}`;
});

const create = (more: object = {}): Promise<TestResponse> =>
  admin.post('/webhooks', { platform, url: receiver.url(), ...more });
const codeOf = ({ status, text }: TestResponse) => [status, (JSON.parse(text) as { code: string }).code];
const deliver = () => webhooks.deliverer.deliverDue();

describe('A replay', () => {
  it('queues past events in order behind pending deliveries, with their original ids', async () => {
    const { body } = await create();
    const clock = webhooks.standAt(new Date());
    const [one, two] = [anAccount(platformId, 1), anAccount(platformId, 2)];
    await webhooks.publish(platformId, one, [1]);
    clock.advance(10_000);
    const since = new Date(Date.now() + 5_000).toISOString();
    await webhooks.publish(platformId, one, [2, 3]);
    await webhooks.publish(platformId, two, [4], 'hold.placed');
    await deliver();
    const ids = receiver.received.map(({ headers }) => headers['webhook-id']);
    receiver.received.length = 0;
    const answer = await admin.post(`/webhooks/${body.id}/replay`, { since });
    expect([answer.status, answer.body]).toEqual([200, { queued: 3 }]);
    await deliver();
    const again = receiver.received.map(({ headers }) => headers['webhook-id']);
    expect(again.sort()).toEqual(ids.slice(1).sort());
    expect(numbersIn(receiver.received.filter((request) => !request.body.includes('hold.placed')))).toEqual([
      2, 3,
    ]);
    const held = await admin.post(`/webhooks/${body.id}/replay`, { since, eventTypes: ['hold.placed'] });
    expect(held.body).toEqual({ queued: 1 });
    expect((await admin.trailOf(body.id))[0]).toMatchObject({
      action: 'webhook.replayed',
      after: { since, eventTypes: ['hold.placed'], queued: 1 },
    });
    jest.restoreAllMocks();
  });

  it('covers the event types of the webhook on its own platform', async () => {
    const { body } = await create({ eventTypes: ['hold.placed'] });
    const stranger = (await webhooks.world.make.aPlatform()).id;
    for (const id of [platformId, stranger]) {
      await webhooks.publish(id, anAccount(id, 1), [1], 'hold.placed');
      await webhooks.publish(id, anAccount(id, 1), [2], 'hold.released');
    }
    const replay = (more: object = {}) =>
      admin.post(`/webhooks/${body.id}/replay`, { since: '2020-01-01T00:00:00Z', ...more });
    expect((await replay()).body).toEqual({ queued: 1 });
    expect((await replay({ eventTypes: ['hold.released'] })).body).toEqual({ queued: 0 });
    expect((await replay({ since: '2999-01-01T00:00:00Z' })).body).toEqual({ queued: 0 });
  });

  it('runs once with one Idempotency-Key', async () => {
    const { body } = await create();
    await webhooks.publish(platformId, anAccount(platformId, 1), [1, 2]);
    const key = { 'idempotency-key': 'replay-1' };
    const wanted = { since: '2020-01-01T00:00:00Z' };
    for (let n = 0; n < 2; n++)
      expect((await admin.post(`/webhooks/${body.id}/replay`, wanted, key)).body).toEqual({ queued: 2 });
    expect(await webhooks.world.count('webhook_deliveries', `platform_id = ${platformId}`)).toBe(4);
  });

  it('waits while events are being dispatched, so that its deliveries come after theirs', async () => {
    const { body } = await create();
    await webhooks.publish(platformId, anAccount(platformId, 1), [1]);
    const { world } = webhooks;
    const here = 'database = (SELECT oid FROM pg_database WHERE datname = current_database())';
    const waiting = () => world.count('pg_locks', `locktype = 'advisory' AND NOT granted AND ${here}`);
    const queued = () => world.count('webhook_deliveries', `platform_id = ${platformId}`);
    const replay = await world.dataSource.transaction(async (tx) => {
      await lockDispatch(tx, platformId, true);
      const answer = admin.post(`/webhooks/${body.id}/replay`, { since: '2020-01-01T00:00:00Z' });
      await until(async () => (await waiting()) === 1);
      await tx.query(
        `INSERT INTO webhook_deliveries SELECT platform_id, nextval('webhook_deliveries_id_seq'), endpoint_id, event_id,
           object_id, status, attempts, next_attempt_at, claimed_until, failing_since, created_at, completed_at
         FROM webhook_deliveries WHERE platform_id = $1`,
        [platformId],
      );
      return { answer, held: await queued() };
    });
    expect([replay.held, (await replay.answer).body]).toEqual([1, { queued: 1 }]);
    expect(await queued()).toBe(3);
  });

  it('of more events than its maximum is refused, and queues nothing', async () => {
    const { body } = await create();
    await webhooks.world.dataSource.query(
      `INSERT INTO events (platform_id, id, type, object_id, data, occurred_at, dispatched_at)
       SELECT $1::bigint, nextval('events_id_seq'), 'hold.placed', 'acc_1_1', '{}', now(), now()
       FROM generate_series(1, 10001)`,
      [platformId],
    );
    const replay = (since: string) => admin.post(`/webhooks/${body.id}/replay`, { since });
    const answer = await replay('2020-01-01T00:00:00Z');
    expect(codeOf(answer)).toEqual([400, 'validation_failed']);
    expect(answer.text).toContain('more than 10000 events');
    expect(await webhooks.world.count('webhook_deliveries', `platform_id = ${platformId}`)).toBe(0);
    await webhooks.world.dataSource.query(
      'DELETE FROM events WHERE (platform_id, id) IN (SELECT platform_id, id FROM events WHERE platform_id = $1 LIMIT 1)',
      [platformId],
    );
    expect((await replay('2020-01-01T00:00:00Z')).body).toEqual({ queued: 10_000 });
    await admin.post(`/webhooks/${body.id}/disable`);
  });

  it('is refused while the webhook is disabled, without a time, and without a webhook', async () => {
    const { body } = await create();
    await admin.post(`/webhooks/${body.id}/disable`);
    const since = '2020-01-01T00:00:00Z';
    expect(codeOf(await admin.post(`/webhooks/${body.id}/replay`, { since }))).toEqual([
      409,
      'transition_not_allowed',
    ]);
    expect(codeOf(await admin.post(`/webhooks/${body.id}/replay`, { since: 'yesterday' }))).toEqual([
      ...[400, 'validation_failed'],
    ]);
    for (const id of ['whk_1_999999', 'whk_999999_1', 'acc_1_1'])
      expect(codeOf(await admin.post(`/webhooks/${id}/replay`, { since }))).toEqual([
        404,
        'object_not_found',
      ]);
  });
});

describe('The delivery log', () => {
  it('shows events, deliveries and each attempt', async () => {
    const money = new Money(webhooks.world);
    const account = await money.account();
    // The webhook is created later than the event of the opening, so it is not sent to it.
    await webhooks.dispatch();
    const { body } = await create({ platform: `plt_${account.platformId}` });
    receiver.behave = answers(500);
    await money.deposit(account, 5);
    await webhooks.dispatch();
    await deliver();
    const events = await admin.get(`/events?object=${account.name}&type=transfer.posted`);
    const [event] = events.body.items;
    expect(event).toEqual({
      object: 'event',
      id: expect.stringMatching(/^evt_/),
      platform: `plt_${account.platformId}`,
      type: 'transfer.posted',
      objectId: account.name,
      occurredAt: TIME,
      dispatchedAt: TIME,
      data: expect.objectContaining({ balance: { posted: 5, locked: 0, available: 5 } }),
    });
    expect((await admin.get(`/events/${event.id}`)).body).toEqual(event);
    const page = await admin.get(`/webhooks/${body.id}/deliveries?status=pending`);
    const delivery = page.body.items.find((item: { event: string }) => item.event === event.id);
    expect(delivery).toEqual({
      object: 'webhook_delivery',
      id: expect.stringMatching(/^whd_/),
      webhook: body.id,
      event: event.id,
      eventType: 'transfer.posted',
      objectId: account.name,
      status: 'pending',
      attempts: 1,
      nextAttemptAt: TIME,
      createdAt: TIME,
      completedAt: null,
    });
    const attempt = {
      attemptedAt: TIME,
      durationMs: expect.any(Number),
      httpStatus: 500,
      error: 'answered 500',
    };
    const shown = await admin.get(`/webhook-deliveries/${delivery.id}`);
    expect(shown.body).toEqual({ ...delivery, attemptLog: [attempt] });
    receiver.behave = answers(200);
    const clock = webhooks.standAt(new Date());
    clock.advance(7_000);
    await deliver();
    jest.restoreAllMocks();
    const after = (await admin.get(`/webhook-deliveries/${delivery.id}`)).body;
    expect(after).toMatchObject({ status: 'delivered', attempts: 2, nextAttemptAt: null, completedAt: TIME });
    expect(after.attemptLog.map(({ httpStatus }: { httpStatus: number }) => httpStatus)).toEqual([500, 200]);
    expect((await admin.get(`/webhooks/${body.id}/deliveries?status=pending`)).body.items).toEqual([]);
  });

  it('is paged, and filtered by platform', async () => {
    await webhooks.publish(platformId, anAccount(platformId, 1), [1, 2, 3, 4, 5]);
    const numbers: number[] = [];
    let cursor: string | null = null;
    do {
      const next: string = cursor === null ? '' : `&cursor=${cursor}`;
      const { body } = await admin.get(`/events?platform=${platform}&sort=id&limit=2${next}`);
      numbers.push(...body.items.map(({ data }: { data: { number: number } }) => data.number));
      cursor = body.nextCursor;
    } while (cursor !== null);
    expect(numbers).toEqual([1, 2, 3, 4, 5]);
  });

  it.each([
    ['/events?type=account.exploded', 400],
    ['/events?object=trf_1_1', 400],
    ['/events?object=acc_99999999999999999999_1', 400],
    ['/events/evt_1_999999', 404],
    ['/events/acc_1_1', 404],
    ['/webhooks/whk_1_999999', 404],
    ['/webhooks/whk_1_999999/deliveries', 404],
    ['/webhook-deliveries/whd_1_999999', 404],
    ['/webhooks?status=odd', 400],
  ])('answers %s with %d', async (path, status) => {
    expect((await admin.get(path)).status).toBe(status);
  });

  it('of one webhook is not shown under another', async () => {
    const { body } = await create({ eventTypes: ['hold.placed'] });
    const other = await create({ eventTypes: ['hold.released'] });
    await webhooks.publish(platformId, anAccount(platformId, 1), [1], 'hold.placed');
    expect((await admin.get(`/webhooks/${body.id}/deliveries`)).body.items).toHaveLength(1);
    expect((await admin.get(`/webhooks/${other.body.id}/deliveries`)).body.items).toEqual([]);
    // Not even with a query parameter that names the webhook.
    const named = await admin.get(`/webhooks/${other.body.id}/deliveries?endpoint=${platformId} 1`);
    expect(named.status).toBe(400);
  });
});
