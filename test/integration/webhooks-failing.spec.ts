import { MONEY_ACT } from '../support/money.js';
import { answers, closesTheSocket, WebhookReceiver } from '../support/webhook-receiver.js';
import { anAccount, interleaved, numbersIn, Webhooks } from '../support/webhooks.js';

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

describe('A failing endpoint', () => {
  it('is retried after 5, 10, 20 seconds and so on up to every hour, and each attempt is recorded', async () => {
    const clock = webhooks.standAt(new Date());
    const webhook = await webhooks.create(platformId, receiver.url());
    receiver.behave = answers(500);
    await webhooks.publish(platformId, anAccount(platformId, 1), [1]);
    const waits: number[] = [];
    for (let attempt = 1; attempt <= 14; attempt++) {
      await deliver();
      const [delivery] = await webhooks.deliveries(webhook);
      expect(delivery?.attempts).toBe(attempt);
      waits.push(delivery?.waitMs ?? 0);
      clock.advance(delivery?.waitMs ?? 0);
    }
    // Each wait is derived from the time since the first failure, so jitter moves the later ones a little further.
    for (const [index, wait] of waits.slice(0, 5).entries()) {
      expect(wait).toBeGreaterThanOrEqual(5_000 * 2 ** index * 0.6);
      expect(wait).toBeLessThanOrEqual(5_000 * 2 ** index * 1.5);
    }
    for (const wait of waits.slice(-2)) expect(Math.abs(wait - 3_600_000)).toBeLessThanOrEqual(720_000);
    expect(new Set(waits).size).toBeGreaterThan(10);
    expect(await webhooks.errorsOf(webhook)).toEqual(Array(14).fill([500, 'answered 500']));
  });

  it('is disabled after five days of failures only, which is on the audit trail; pending deliveries are sent when it is enabled', async () => {
    const clock = webhooks.standAt(new Date());
    const webhook = await webhooks.create(platformId, receiver.url());
    const account = anAccount(platformId, 1);
    receiver.behave = closesTheSocket;
    await webhooks.publish(platformId, account, [1, 2]);
    await deliver();
    clock.advance(5 * DAY_MS - 1);
    await deliver();
    expect(await webhooks.endpoints.get(webhook)).toMatchObject({ status: 'active' });
    clock.advance(2 * 60 * 60 * 1000);
    await deliver();
    expect(await webhooks.endpoints.get(webhook)).toMatchObject({
      status: 'disabled',
      statusReason: expect.stringMatching(/every attempt has failed/),
    });
    expect((await webhooks.deliveries(webhook)).map(({ status }) => status)).toEqual([
      'exhausted',
      'pending',
    ]);
    const trail = await webhooks.world.dataSource.query<object[]>(
      `SELECT actor_kind, action, state_after->>'status' AS status FROM audit_entries
       WHERE object_id = $1 ORDER BY id DESC LIMIT 1`,
      [`whk_${platformId}_${webhook.id}`],
    );
    expect(trail).toEqual([{ actor_kind: 'system', action: 'webhook.disabled', status: 'disabled' }]);

    const before = receiver.received.length;
    receiver.behave = answers(200);
    await webhooks.publish(platformId, account, [3]);
    clock.advance(DAY_MS);
    await deliver();
    expect(receiver.received).toHaveLength(before);
    await webhooks.endpoints.do(webhook, 'enable', COMMAND);
    await deliver();
    expect(numbersIn(receiver.received.slice(before))).toEqual([2]);
    expect(await webhooks.endpoints.get(webhook)).toMatchObject({ status: 'active', failingSince: null });
  });

  it('stays active as long as one delivery in that time succeeds', async () => {
    const clock = webhooks.standAt(new Date());
    const webhook = await webhooks.create(platformId, receiver.url());
    const failing = anAccount(platformId, 1);
    receiver.behave = (response, request) => {
      answers(request.body.includes('"taken"') ? 200 : 410)(response, request);
    };
    await webhooks.publish(platformId, failing, [7]);
    await deliver();
    clock.advance(4 * DAY_MS);
    const taken = {
      objectId: anAccount(platformId, 2),
      type: 'hold.placed' as const,
      data: { number: 1, is: 'taken' },
    };
    await webhooks.publishAll(platformId, [taken]);
    await deliver();
    clock.advance(2 * DAY_MS);
    await deliver();
    const statuses = (await webhooks.deliveries(webhook)).map(({ status }) => status);
    expect(statuses).toEqual(['exhausted', 'delivered']);
    expect((await webhooks.endpoints.get(webhook)).status).toBe('active');
  });

  it('is probed with few concurrent calls, and delays no other endpoint', async () => {
    await webhooks.create(platformId, receiver.url('/bad'));
    await webhooks.create(platformId, receiver.url('/good'));
    let running = 0;
    let most = 0;
    receiver.behave = (response, request) => {
      if (request.path === '/good') {
        answers(200)(response, request);
        return;
      }
      most = Math.max(most, ++running);
      setTimeout(() => {
        running--;
        answers(500)(response, request);
      }, 10);
    };
    await webhooks.publish(platformId, anAccount(platformId, 1), [1]);
    await deliver();
    await webhooks.publishAll(platformId, interleaved(platformId, 30, 1));
    await deliver();
    expect(receiver.at('/good')).toHaveLength(31);
    expect(receiver.at('/bad')).toHaveLength(30);
    expect(most).toBe(2);
  });
});
