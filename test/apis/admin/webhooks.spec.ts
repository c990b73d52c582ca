import { Webhook } from 'standardwebhooks';
import { type AdminClient, anAdminClient } from '../../support/admin.js';
import { Money } from '../../support/money.js';
import {
  answers,
  closesTheSocket,
  hangs,
  redirectsTo,
  WebhookReceiver,
} from '../../support/webhook-receiver.js';
import { anAccount, numbersIn, Webhooks } from '../../support/webhooks.js';
import type { Answer } from '../../support/world.js';

const TIME: unknown = expect.stringMatching(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/);
const SECRET = /^whsec_[A-Za-z0-9+/]{43}=$/;

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

const create = (more: object = {}): Promise<Answer> =>
  admin.post('/webhooks', { platform, url: receiver.url(), ...more });
const codeOf = ({ status, text }: Answer) => [status, (JSON.parse(text) as { code: string }).code];
const deliver = () => webhooks.deliverer.deliverDue();

describe('A webhook', () => {
  it('is created with a secret that is shown this once, and kept sealed', async () => {
    const { status, headers, body } = await create({ eventTypes: ['hold.placed'], description: ' ledger ' });
    expect([status, headers['cache-control']]).toEqual([201, 'no-store']);
    const { secret, ...shown } = body;
    expect(secret).toMatch(SECRET);
    expect(shown).toEqual({
      ...{ object: 'webhook', id: expect.stringMatching(/^whk_\d+_\d+$/), platform, url: receiver.url() },
      ...{ description: 'ledger', eventTypes: ['hold.placed'], status: 'active', statusReason: null },
      ...{ failingSince: null, lastSuccessAt: null, previousSecretExpiresAt: null },
      ...{ createdAt: TIME, updatedAt: TIME },
    });
    const again = await admin.get(`/webhooks/${body.id}`);
    expect(again.body).toEqual(shown);
    const list = await admin.get(`/webhooks?platform=${platform}`);
    expect(list.body).toEqual({ items: [shown], nextCursor: null });
    expect(await admin.trailOf(body.id)).toMatchObject([
      { action: 'webhook.created', after: { url: receiver.url(), eventTypes: ['hold.placed'] } },
    ]);
    const key = (secret as string).slice('whsec_'.length);
    for (const table of ['webhook_endpoints', 'audit_entries', 'idempotency_records'])
      expect(await webhooks.world.count(`${table} t`, `t::text LIKE '%${key}%'`)).toBe(0);
    const bytes = Buffer.from(secret as string).toString('hex');
    const raw = Buffer.from(key, 'base64').toString('hex');
    for (const hex of [bytes, raw])
      expect(await webhooks.world.count('webhook_endpoints', `encode(secret, 'hex') LIKE '%${hex}%'`)).toBe(
        0,
      );
  });

  it('is created once under one Idempotency-Key, with the same secret in both answers', async () => {
    const key = { 'idempotency-key': 'webhook-1' };
    const wanted = { platform, url: receiver.url() };
    const first = await admin.post('/webhooks', wanted, key);
    const second = await admin.post('/webhooks', wanted, key);
    expect(second.text).toBe(first.text);
    expect(await webhooks.world.count('webhook_endpoints', `platform_id = ${platformId}`)).toBe(1);
  });

  it.each([
    ['no URL', { url: undefined }, 'url'],
    ['no address', { url: 'hooks.example' }, 'url'],
    ['a private address', { url: 'http://10.0.0.1/hook' }, 'url'],
    ['the metadata service', { url: 'http://169.254.169.254/latest' }, 'url'],
    ['a password in the URL', { url: 'https://me:secret@hooks.example/' }, 'url'],
    ['another protocol', { url: 'ftp://hooks.example/' }, 'url'],
    ['a URL too long', { url: `https://hooks.example/${'a'.repeat(2_000)}` }, 'url'],
    ['an unknown event type', { eventTypes: ['account.exploded'] }, 'eventTypes'],
    ['an event type twice', { eventTypes: ['hold.placed', 'hold.placed'] }, 'eventTypes'],
    ['no list of types', { eventTypes: 'hold.placed' }, 'eventTypes'],
    ['no platform', { platform: undefined }, 'platform'],
    ['the house', { platform: 'plt_0' }, 'platform'],
    ['no reason', { reason: undefined }, 'reason'],
  ])('is refused with %s', async (_what, change, path) => {
    const answer = await create(change);
    expect(codeOf(answer)).toEqual([400, 'validation_failed']);
    expect(
      (JSON.parse(answer.text) as { errors: { path: string }[] }).errors.map((error) => error.path),
    ).toEqual([path]);
    expect(await webhooks.world.count('webhook_endpoints', `platform_id = ${platformId}`)).toBe(0);
  });

  it('is refused for a platform that does not exist', async () => {
    expect(codeOf(await create({ platform: 'plt_999999' }))).toEqual([404, 'object_not_found']);
  });

  it('is changed where it is asked for, and only there', async () => {
    const { body } = await create({ eventTypes: ['hold.placed'], description: 'ledger' });
    const path = `/webhooks/${body.id}`;
    const moved = await admin.send('PATCH', path, { url: receiver.url('/new'), eventTypes: [] });
    expect(moved.body).toMatchObject({ url: receiver.url('/new'), eventTypes: [], description: 'ledger' });
    expect((await admin.send('PATCH', path, { description: null })).body).toMatchObject({
      description: null,
    });
    expect(codeOf(await admin.send('PATCH', path, {}))).toEqual([400, 'validation_failed']);
    expect(codeOf(await admin.send('PATCH', path, { url: 'http://192.168.0.1/' }))).toEqual([
      400,
      'validation_failed',
    ]);
    expect((await admin.get(path)).body.url).toBe(receiver.url('/new'));
    expect((await admin.trailOf(body.id)).map(({ action, before }) => [action, before])).toEqual([
      ['webhook.amended', { description: 'ledger' }],
      ['webhook.amended', { url: receiver.url(), eventTypes: ['hold.placed'] }],
      ['webhook.created', null],
    ]);
  });

  it('gets a new secret, and for a day signs with the one before as well', async () => {
    const { body } = await create();
    const rotated = await admin.post(`/webhooks/${body.id}/rotate-secret`);
    expect([rotated.status, rotated.headers['cache-control']]).toEqual([200, 'no-store']);
    expect(rotated.body.secret).toMatch(SECRET);
    expect(rotated.body.secret).not.toBe(body.secret);
    const ends = Date.parse(rotated.body.previousSecretExpiresAt);
    expect(Math.abs(ends - Date.now() - 86_400_000)).toBeLessThan(60_000);
    await webhooks.publish(platformId, anAccount(platformId, 1), [1]);
    await deliver();
    const [request] = receiver.received;
    for (const secret of [body.secret, rotated.body.secret])
      expect(new Webhook(secret).verify(request?.body ?? '', request?.headers ?? {})).toBeDefined();
    const [entry] = await admin.trailOf(body.id);
    expect(entry).toMatchObject({ action: 'webhook.secret_rotated' });
    expect(JSON.stringify(entry)).not.toContain('whsec_');
  });

  it('is told nothing while it is disabled, and what waits when it is enabled', async () => {
    const { body } = await create();
    const account = anAccount(platformId, 1);
    receiver.behave = answers(500);
    await webhooks.publish(platformId, account, [1]);
    await deliver();
    const disabled = await admin.post(`/webhooks/${body.id}/disable`, { reason: 'moving house' });
    expect(disabled.body).toMatchObject({
      status: 'disabled',
      statusReason: 'moving house',
      failingSince: TIME,
    });
    receiver.received.length = 0;
    receiver.behave = answers(200);
    await webhooks.publish(platformId, account, [2]);
    await deliver();
    expect(receiver.received).toEqual([]);
    const twice = await admin.post(`/webhooks/${body.id}/disable`);
    expect(JSON.parse(twice.text)).toMatchObject({
      ...{ status: 409, code: 'transition_not_allowed', state: 'disabled', allowedActs: ['enable'] },
    });
    const enabled = await admin.post(`/webhooks/${body.id}/enable`);
    expect(enabled.body).toMatchObject({ status: 'active', statusReason: null, failingSince: null });
    await deliver();
    expect(numbersIn(receiver.received)).toEqual([1]);
    expect(codeOf(await admin.post(`/webhooks/${body.id}/enable`))).toEqual([409, 'transition_not_allowed']);
  });
});

describe('A replay', () => {
  it('queues what happened since, in order, behind what waits, under the ids it had', async () => {
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
      ...{ action: 'webhook.replayed', after: { since, eventTypes: ['hold.placed'], queued: 1 } },
    });
    jest.restoreAllMocks();
  });

  it('is of the types that the webhook wants, and of its own platform', async () => {
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

  it('is once under one Idempotency-Key', async () => {
    const { body } = await create();
    await webhooks.publish(platformId, anAccount(platformId, 1), [1, 2]);
    const key = { 'idempotency-key': 'replay-1' };
    const wanted = { since: '2020-01-01T00:00:00Z' };
    for (let n = 0; n < 2; n++)
      expect((await admin.post(`/webhooks/${body.id}/replay`, wanted, key)).body).toEqual({ queued: 2 });
    expect(await webhooks.world.count('webhook_deliveries', `platform_id = ${platformId}`)).toBe(4);
  });

  it('of more than it may cover is refused, and queues nothing', async () => {
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

  it('is refused while the webhook is disabled, without a time, and to nobody', async () => {
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

describe('A test call', () => {
  it('is signed, says what it is, and tells what the target said', async () => {
    const { body } = await create({ eventTypes: ['hold.placed'] });
    const answer = await admin.post(`/webhooks/${body.id}/test`);
    expect([answer.status, answer.body]).toEqual([
      200,
      { delivered: true, httpStatus: 200, error: null, durationMs: expect.any(Number) },
    ]);
    const [request] = receiver.received;
    expect(new Webhook(body.secret).verify(request?.body ?? '', request?.headers ?? {})).toEqual({
      ...{ type: 'webhook.test', timestamp: TIME, data: { webhook: body.id } },
    });
    expect(request?.headers['webhook-id']).toMatch(/^evt_test_/);
    expect((await admin.trailOf(body.id))[0]).toMatchObject({ action: 'webhook.tested' });
    expect(await webhooks.world.count('webhook_deliveries', `platform_id = ${platformId}`)).toBe(0);
  });

  it.each([
    ['fails', answers(503), 503, /answered 503/],
    ['redirects', redirectsTo('http://169.254.169.254/'), 307, /redirects are not followed/],
    ['hangs', hangs, null, /no whole answer within 300 ms/],
    ['closes the connection', closesTheSocket, null, /before the answer was whole/],
  ])('of a target that %s is an answer, not a failure of ours', async (_what, behave, httpStatus, error) => {
    receiver.behave = behave;
    const { body } = await create();
    const answer = await admin.post(`/webhooks/${body.id}/test`);
    expect([answer.status, answer.body]).toMatchObject([
      200,
      { delivered: false, httpStatus, error: expect.stringMatching(error) },
    ]);
  });

  it('to an address that may not be called any more is not made', async () => {
    const { body } = await create();
    const refused = `UPDATE webhook_endpoints SET url = 'http://10.0.0.1/hook' WHERE platform_id = $1`;
    await webhooks.world.dataSource.query(refused, [platformId]);
    const answer = await admin.post(`/webhooks/${body.id}/test`);
    expect([answer.status, answer.body.error]).toEqual([200, 'the address may not be called']);
  });
});

describe('What is told', () => {
  it('can be looked up: events, deliveries and each call', async () => {
    const money = new Money(webhooks.world);
    const account = await money.account();
    // Its opening is no business of an endpoint that comes later.
    await webhooks.dispatch();
    const { body } = await create({ platform: `plt_${account.platformId}` });
    receiver.behave = answers(500);
    await money.deposit(account, 5);
    await webhooks.dispatch();
    await deliver();
    const events = await admin.get(`/events?object=${account.name}&type=transfer.posted`);
    const [event] = events.body.items;
    expect(event).toEqual({
      ...{ object: 'event', id: expect.stringMatching(/^evt_/), platform: `plt_${account.platformId}` },
      ...{ type: 'transfer.posted', objectId: account.name, occurredAt: TIME, dispatchedAt: TIME },
      data: expect.objectContaining({ balance: { posted: 5, locked: 0, available: 5 } }),
    });
    expect((await admin.get(`/events/${event.id}`)).body).toEqual(event);
    const page = await admin.get(`/webhooks/${body.id}/deliveries?status=pending`);
    const delivery = page.body.items.find((item: { event: string }) => item.event === event.id);
    expect(delivery).toEqual({
      ...{
        object: 'webhook_delivery',
        id: expect.stringMatching(/^whd_/),
        webhook: body.id,
        event: event.id,
      },
      ...{ eventType: 'transfer.posted', objectId: account.name, status: 'pending', attempts: 1 },
      ...{ nextAttemptAt: TIME, createdAt: TIME, completedAt: null },
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

  it('is cut into pages, and filtered by platform', async () => {
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
  ])('%s is answered with %d', async (path, status) => {
    expect((await admin.get(path)).status).toBe(status);
  });

  it('of one webhook is not shown under another', async () => {
    const { body } = await create({ eventTypes: ['hold.placed'] });
    const other = await create({ eventTypes: ['hold.released'] });
    await webhooks.publish(platformId, anAccount(platformId, 1), [1], 'hold.placed');
    expect((await admin.get(`/webhooks/${body.id}/deliveries`)).body.items).toHaveLength(1);
    expect((await admin.get(`/webhooks/${other.body.id}/deliveries`)).body.items).toEqual([]);
    // Not even by a parameter that would name one.
    const named = await admin.get(`/webhooks/${other.body.id}/deliveries?endpoint=${platformId} 1`);
    expect(named.status).toBe(400);
  });
});

describe('A viewer', () => {
  it('sees webhooks, deliveries and events, and does nothing with them', async () => {
    const { body } = await create();
    const viewer = await anAdminClient(webhooks.world, 'viewer');
    for (const path of ['/webhooks', `/webhooks/${body.id}`, `/webhooks/${body.id}/deliveries`, '/events'])
      expect((await viewer.get(path)).status).toBe(200);
    for (const act of ['rotate-secret', 'disable', 'enable', 'replay', 'test'])
      expect(codeOf(await viewer.post(`/webhooks/${body.id}/${act}`))).toEqual([403, 'scope_missing']);
    expect(receiver.received).toEqual([]);
  });
});
