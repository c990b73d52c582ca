import { Webhook } from 'standardwebhooks';
import { type AdminClient, anAdminClient } from '../../support/admin.js';
import {
  answers,
  closesTheSocket,
  hangs,
  redirectsTo,
  WebhookReceiver,
} from '../../support/webhook-receiver.js';
import { anAccount, numbersIn, Webhooks } from '../../support/webhooks.js';
import type { TestResponse } from '../../support/world.js';

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

const create = (more: object = {}): Promise<TestResponse> =>
  admin.post('/webhooks', { platform, url: receiver.url(), ...more });
const codeOf = ({ status, text }: TestResponse) => [status, (JSON.parse(text) as { code: string }).code];
const deliver = () => webhooks.deliverer.deliverDue();

describe('A webhook', () => {
  it('is created with a secret that is shown once and stored sealed', async () => {
    const { status, headers, body } = await create({ eventTypes: ['hold.placed'], description: ' ledger ' });
    expect([status, headers['cache-control']]).toEqual([201, 'no-store']);
    const { secret, ...shown } = body;
    expect(secret).toMatch(SECRET);
    expect(shown).toEqual({
      object: 'webhook',
      id: expect.stringMatching(/^whk_\d+_\d+$/),
      platform,
      url: receiver.url(),
      description: 'ledger',
      eventTypes: ['hold.placed'],
      status: 'active',
      statusReason: null,
      failingSince: null,
      lastSuccessAt: null,
      previousSecretExpiresAt: null,
      createdAt: TIME,
      updatedAt: TIME,
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

  it('is created once with one Idempotency-Key, with the same secret in both responses', async () => {
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

  it('is changed only in the fields that the request names', async () => {
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

  it('gets a new secret, and signs with the previous one as well for a day', async () => {
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

  it('receives nothing while disabled, and its pending deliveries when enabled', async () => {
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
      status: 409,
      code: 'transition_not_allowed',
      state: 'disabled',
      allowedActs: ['enable'],
    });
    const enabled = await admin.post(`/webhooks/${body.id}/enable`);
    expect(enabled.body).toMatchObject({ status: 'active', statusReason: null, failingSince: null });
    await deliver();
    expect(numbersIn(receiver.received)).toEqual([1]);
    expect(codeOf(await admin.post(`/webhooks/${body.id}/enable`))).toEqual([409, 'transition_not_allowed']);
  });
});

describe('A test call', () => {
  it('is signed, names its type, and returns the result of the attempt', async () => {
    const { body } = await create({ eventTypes: ['hold.placed'] });
    const answer = await admin.post(`/webhooks/${body.id}/test`);
    expect([answer.status, answer.body]).toEqual([
      200,
      { delivered: true, httpStatus: 200, error: null, durationMs: expect.any(Number) },
    ]);
    const [request] = receiver.received;
    expect(new Webhook(body.secret).verify(request?.body ?? '', request?.headers ?? {})).toEqual({
      type: 'webhook.test',
      timestamp: TIME,
      data: { webhook: body.id },
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
  ])('to a target that %s returns 200 with the failure', async (_what, behave, httpStatus, error) => {
    receiver.behave = behave;
    const { body } = await create();
    const answer = await admin.post(`/webhooks/${body.id}/test`);
    expect([answer.status, answer.body]).toMatchObject([
      200,
      { delivered: false, httpStatus, error: expect.stringMatching(error) },
    ]);
  });

  it('is not sent to an address that is no longer permitted', async () => {
    const { body } = await create();
    const refused = `UPDATE webhook_endpoints SET url = 'http://10.0.0.1/hook' WHERE platform_id = $1`;
    await webhooks.world.dataSource.query(refused, [platformId]);
    const answer = await admin.post(`/webhooks/${body.id}/test`);
    expect([answer.status, answer.body.error]).toEqual([200, 'the address may not be called']);
  });
});

describe('A viewer', () => {
  it('can read webhooks, deliveries and events, and cannot change them', async () => {
    const { body } = await create();
    const viewer = await anAdminClient(webhooks.world, 'viewer');
    for (const path of ['/webhooks', `/webhooks/${body.id}`, `/webhooks/${body.id}/deliveries`, '/events'])
      expect((await viewer.get(path)).status).toBe(200);
    for (const act of ['rotate-secret', 'disable', 'enable', 'replay', 'test'])
      expect(codeOf(await viewer.post(`/webhooks/${body.id}/${act}`))).toEqual([403, 'scope_missing']);
    expect(receiver.received).toEqual([]);
  });
});
