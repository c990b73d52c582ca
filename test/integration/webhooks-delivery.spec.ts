import { Webhook } from 'standardwebhooks';
import { EVENT_TYPES } from '../../src/events/event-types.js';
import { WebhookReplay } from '../../src/webhooks/webhook-replay.service.js';
import { MONEY_ACT, Money } from '../support/money.js';
import { answers, type ReceivedWebhook, WebhookReceiver } from '../support/webhook-receiver.js';
import { anAccount, Webhooks } from '../support/webhooks.js';

const DAY_MS = 24 * 60 * 60 * 1000;
const COMMAND = { audit: MONEY_ACT, claim: null };

let webhooks: Webhooks;
let receiver: WebhookReceiver;
let platformId: string;

beforeAll(async () => {
  webhooks = await Webhooks.start();
  receiver = await WebhookReceiver.start();
});
afterAll(async () => {
  await webhooks.close();
  await receiver.close();
});
beforeEach(async () => {
  receiver.received.length = 0;
  receiver.behave = answers(200);
  platformId = (await webhooks.world.make.aPlatform()).id;
});
afterEach(async () => {
  jest.restoreAllMocks();
  // Deliveries left pending by one test must not affect the next.
  await webhooks.world.dataSource.query(`UPDATE webhook_endpoints SET status = 'disabled'`);
});

const deliver = () => webhooks.deliverer.deliverDue();
const verify = (secret: string, { body, headers }: ReceivedWebhook): unknown =>
  new Webhook(secret).verify(body, headers);

describe('A webhook', () => {
  it('receives the events of postings, signed so that the library of Standard Webhooks accepts them', async () => {
    const money = new Money(webhooks.world);
    const account = await money.account();
    const webhook = await webhooks.create(account.platformId, receiver.url('/told'));
    await money.deposit(account, 12.5);
    await webhooks.dispatch();
    await deliver();
    const told = receiver.at('/told').map((request) => {
      expect(request.headers['content-type']).toBe('application/json');
      return { id: request.headers['webhook-id'], event: verify(webhook.secret, request) };
    });
    const events = await webhooks.world.dataSource.query<{ id: string; at: Date }[]>(
      `SELECT 'evt_' || platform_id || '_' || id AS id, occurred_at AS at FROM events
       WHERE platform_id = $1 AND type = 'transfer.posted'`,
      [account.platformId],
    );
    expect(told.at(-1)).toEqual({
      id: events[0]?.id,
      event: {
        type: 'transfer.posted',
        timestamp: events[0]?.at.toISOString(),
        data: expect.objectContaining({
          account: expect.objectContaining({ id: account.name }),
          balance: { posted: 12.5, locked: 0, available: 12.5 },
        }),
      },
    });
  });

  it('can detect an altered request, or one for another webhook', async () => {
    const webhook = await webhooks.create(platformId, receiver.url());
    const other = await webhooks.create(platformId, receiver.url('/other'));
    await webhooks.publish(platformId, anAccount(platformId, 1), [1]);
    await deliver();
    const [request] = receiver.at('/hook');
    if (request === undefined) throw new Error('nothing came');
    expect(verify(webhook.secret, request)).toMatchObject({ data: { number: 1 } });
    const altered: ReceivedWebhook[] = [
      { ...request, body: request.body.replace('"number":1', '"number":2') },
      { ...request, headers: { ...request.headers, 'webhook-id': 'evt_1_999' } },
      { ...request, headers: { ...request.headers, 'webhook-timestamp': '1700000000' } },
    ];
    for (const changed of altered) expect(() => verify(webhook.secret, changed)).toThrow();
    expect(() => verify(other.secret, request)).toThrow('No matching signature');
  });

  it('receives the same body and id with every attempt and replay, with a new signature each time', async () => {
    const clock = webhooks.standAt(new Date());
    const webhook = await webhooks.create(platformId, receiver.url());
    receiver.behave = answers(500);
    await webhooks.publish(platformId, anAccount(platformId, 1), [1]);
    await deliver();
    clock.advance(7_000);
    receiver.behave = answers(204);
    await deliver();
    const replay = { since: new Date(0), eventTypes: [] };
    await webhooks.world.app.get(WebhookReplay, { strict: false }).replay(webhook, replay, COMMAND);
    clock.advance(1_000);
    await deliver();
    const { received } = receiver;
    expect(received).toHaveLength(3);
    expect(new Set(received.map(({ body }) => body)).size).toBe(1);
    expect(new Set(received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect(new Set(received.map(({ headers }) => headers['webhook-signature'])).size).toBe(3);
    for (const request of received) expect(verify(webhook.secret, request)).toBeDefined();
  });

  it('receives signatures of both secrets for a day after a rotation, and then of the new one alone', async () => {
    const clock = webhooks.standAt(new Date());
    const { secret: old, ...webhook } = await webhooks.create(platformId, receiver.url());
    const { secret: fresh } = await webhooks.endpoints.rotateSecret(webhook, COMMAND);
    const told = async (): Promise<ReceivedWebhook> => {
      await webhooks.publish(platformId, anAccount(platformId, 1), [1]);
      await deliver();
      const request = receiver.received.pop();
      if (request === undefined) throw new Error('nothing came');
      return request;
    };
    const during = await told();
    expect(during.headers['webhook-signature']?.split(' ')).toHaveLength(2);
    for (const secret of [old, fresh]) expect(verify(secret, during)).toBeDefined();
    clock.advance(DAY_MS + 1);
    const after = await told();
    expect(after.headers['webhook-signature']?.split(' ')).toHaveLength(1);
    // The library uses its own clock, which has not moved.
    const at = new Date(Number(after.headers['webhook-timestamp']) * 1000);
    const signature = (secret: string) =>
      new Webhook(secret).sign(after.headers['webhook-id'] ?? '', at, after.body);
    expect(after.headers['webhook-signature']).toBe(signature(fresh));
    expect(after.headers['webhook-signature']).not.toBe(signature(old));
  });

  it('receives its event types of its own platform only', async () => {
    const stranger = (await webhooks.world.make.aPlatform()).id;
    await webhooks.create(platformId, receiver.url('/some'), ['hold.placed', 'kyc.approved']);
    await webhooks.create(platformId, receiver.url('/all'));
    await webhooks.create(stranger, receiver.url('/stranger'));
    await webhooks.publishAll(
      platformId,
      EVENT_TYPES.map((type, number) => ({
        objectId: anAccount(platformId, number + 1),
        type,
        data: { number },
      })),
    );
    await deliver();
    const typesAt = (path: string) =>
      receiver.at(path).map(({ body }) => (JSON.parse(body) as { type: string }).type);
    expect(typesAt('/some').sort()).toEqual(['hold.placed', 'kyc.approved']);
    expect(typesAt('/all').sort()).toEqual([...EVENT_TYPES].sort());
    expect(typesAt('/stranger')).toEqual([]);
    expect(await webhooks.world.count('webhook_deliveries', `platform_id = ${stranger}`)).toBe(0);
  });
});
