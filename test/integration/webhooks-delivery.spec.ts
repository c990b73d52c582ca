import { Webhook } from 'standardwebhooks';
import { EVENT_TYPES } from '../../src/events/event-types.js';
import { WebhookBacklog } from '../../src/webhooks/webhook-backlog.service.js';
import { MONEY_ACT, Money } from '../support/money.js';
import {
  answers,
  closesTheSocket,
  type Received,
  until,
  WebhookReceiver,
} from '../support/webhook-receiver.js';
import { anAccount, numbersIn, Webhooks } from '../support/webhooks.js';

const DAY_MS = 24 * 60 * 60 * 1000;
const COMMAND = { act: MONEY_ACT, claim: null };

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
  // What one test leaves waiting is nothing to the next.
  await webhooks.world.dataSource.query(`UPDATE webhook_endpoints SET status = 'disabled'`);
});

const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);
const deliver = () => webhooks.deliverer.deliverDue();
const verify = (secret: string, { body, headers }: Received): unknown =>
  new Webhook(secret).verify(body, headers);

/** What came, by object. */
function byObject(received: readonly Received[]): Map<string, number[]> {
  const objects = new Map<string, number[]>();
  for (const request of received) {
    const { data } = JSON.parse(request.body) as { data: { object: string; number: number } };
    objects.set(data.object, [...(objects.get(data.object) ?? []), data.number]);
  }
  return objects;
}

const interleaved = (objects: number, each: number) =>
  range(each).flatMap((number) =>
    range(objects).map((n) => {
      const objectId = anAccount(platformId, n);
      return { objectId, type: 'transfer.posted' as const, data: { object: objectId, number } };
    }),
  );

describe('A webhook', () => {
  it('is told of what money does, signed so that the library of Standard Webhooks accepts it', async () => {
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

  it('can tell what was altered on the way, or is not for it', async () => {
    const webhook = await webhooks.create(platformId, receiver.url());
    const other = await webhooks.create(platformId, receiver.url('/other'));
    await webhooks.publish(platformId, anAccount(platformId, 1), [1]);
    await deliver();
    const [request] = receiver.at('/hook');
    if (request === undefined) throw new Error('nothing came');
    expect(verify(webhook.secret, request)).toMatchObject({ data: { number: 1 } });
    const altered: Received[] = [
      { ...request, body: request.body.replace('"number":1', '"number":2') },
      { ...request, headers: { ...request.headers, 'webhook-id': 'evt_1_999' } },
      { ...request, headers: { ...request.headers, 'webhook-timestamp': '1700000000' } },
    ];
    for (const changed of altered) expect(() => verify(webhook.secret, changed)).toThrow();
    expect(() => verify(other.secret, request)).toThrow('No matching signature');
  });

  it('gets the same body and id with every attempt and replay, and a signature of its own', async () => {
    const clock = webhooks.standAt(new Date());
    const webhook = await webhooks.create(platformId, receiver.url());
    receiver.behave = answers(500);
    await webhooks.publish(platformId, anAccount(platformId, 1), [1]);
    await deliver();
    clock.advance(7_000);
    receiver.behave = answers(204);
    await deliver();
    const replay = { since: new Date(0), eventTypes: [] };
    const { WebhookReplay } = await import('../../src/webhooks/webhook-replay.service.js');
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

  it('is signed with both secrets for a day after a rotation, and then with the new one alone', async () => {
    const clock = webhooks.standAt(new Date());
    const { secret: old, ...webhook } = await webhooks.create(platformId, receiver.url());
    const { secret: fresh } = await webhooks.endpoints.rotateSecret(webhook, COMMAND);
    const told = async (): Promise<Received> => {
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
    // The library looks at its own clock, which has not moved.
    const at = new Date(Number(after.headers['webhook-timestamp']) * 1000);
    const signature = (secret: string) =>
      new Webhook(secret).sign(after.headers['webhook-id'] ?? '', at, after.body);
    expect(after.headers['webhook-signature']).toBe(signature(fresh));
    expect(after.headers['webhook-signature']).not.toBe(signature(old));
  });

  it('is told of the types it wants, of its own platform alone', async () => {
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

describe('The order of an account', () => {
  it('stays while calls fail, and no other account waits for it', async () => {
    const clock = webhooks.standAt(new Date());
    const webhook = await webhooks.create(platformId, receiver.url());
    const failing = anAccount(platformId, 1);
    receiver.behave = (response, request) => {
      answers(request.body.includes(`"${failing}"`) ? 503 : 200)(response, request);
    };
    await webhooks.publishAll(platformId, interleaved(3, 4));
    await deliver();
    const first = byObject(receiver.received);
    expect(first.get(failing)).toEqual([1]);
    for (const n of [2, 3]) expect(first.get(anAccount(platformId, n))).toEqual([1, 2, 3, 4]);

    receiver.received.length = 0;
    receiver.behave = answers(200);
    clock.advance(4_000 - 1);
    await deliver();
    expect(receiver.received).toEqual([]);
    clock.advance(2_001);
    await deliver();
    expect(byObject(receiver.received).get(failing)).toEqual([1, 2, 3, 4]);
    const statuses = (await webhooks.deliveries(webhook)).map(({ status }) => status);
    expect(statuses).toEqual(Array(12).fill('delivered'));
  });

  it('stays with several deliverers at once and a receiver that fails now and then; each event counts once', async () => {
    const moving = webhooks.standAt(new Date());
    const webhook = await webhooks.create(platformId, receiver.url());
    const taken: Received[] = [];
    let calls = 0;
    let running = 0;
    let most = 0;
    receiver.behave = (response, request) => {
      most = Math.max(most, ++running);
      setTimeout(() => {
        running--;
        const isTaken = ++calls % 5 !== 0;
        if (isTaken) taken.push(request);
        answers(isTaken ? 200 : 500)(response, request);
      }, 2);
    };
    await webhooks.publishAll(platformId, interleaved(12, 15));
    const deliverers = [webhooks.deliverer, await Webhooks.anotherDeliverer(webhooks.world)];
    const pending = () =>
      webhooks.world.count('webhook_deliveries', `endpoint_id = ${webhook.id} AND status = 'pending'`);
    while ((await pending()) > 0) {
      await Promise.all(deliverers.map((deliverer) => deliverer.deliverDue()));
      moving.advance(60_000);
    }
    const objects = byObject(taken);
    expect(objects.size).toBe(12);
    for (const numbers of objects.values()) expect(numbers).toEqual(range(15));
    expect(most).toBeGreaterThan(1);
    expect(await webhooks.world.count('webhook_attempts', `platform_id = ${platformId}`)).toBe(calls);
  });

  it('never has two calls of one account under way, whoever makes them', async () => {
    await webhooks.create(platformId, receiver.url());
    const running = new Set<string>();
    let overlaps = 0;
    receiver.behave = (response, request) => {
      const { object } = (JSON.parse(request.body) as { data: { object: string } }).data;
      if (running.has(object)) overlaps++;
      running.add(object);
      setTimeout(() => {
        running.delete(object);
        answers(200)(response, request);
      }, 5);
    };
    await webhooks.publishAll(platformId, interleaved(4, 10));
    const deliverers = await Promise.all(range(3).map(() => Webhooks.anotherDeliverer(webhooks.world)));
    await Promise.all(deliverers.map((deliverer) => deliverer.deliverDue()));
    expect([receiver.received.length, overlaps]).toEqual([40, 0]);
  });

  it('is kept when events come while others are on their way', async () => {
    await webhooks.create(platformId, receiver.url());
    const account = anAccount(platformId, 1);
    let next = 2;
    receiver.behave = (response, request) => {
      const number = next++;
      // Queued while this one keeps it waiting: whoever ends this one must find it.
      void webhooks.publish(platformId, account, number <= 20 ? [number] : []).then(() => {
        answers(200)(response, request);
      });
    };
    await webhooks.publish(platformId, account, [1]);
    await deliver();
    expect(numbersIn(receiver.received)).toEqual(range(20));
  });

  it('does not let a long queue behind one failing call hide another account', async () => {
    const webhook = await webhooks.create(platformId, receiver.url());
    const stuck = anAccount(platformId, 1);
    receiver.behave = (response, request) => {
      answers(request.body.includes('"stuck"') ? 500 : 200)(response, request);
    };
    const long = range(450).map((number) => ({
      objectId: stuck,
      type: 'hold.placed' as const,
      data: { number, is: 'stuck' },
    }));
    const last = { objectId: anAccount(platformId, 2), type: 'hold.placed' as const, data: { number: 451 } };
    await webhooks.publishAll(platformId, [...long, last]);
    await deliver();
    expect(numbersIn(receiver.received)).toEqual([1, 451]);
    const waiting = (await webhooks.deliveries(webhook)).filter(({ status }) => status === 'pending');
    expect(waiting).toHaveLength(450);
    receiver.behave = answers(200);
    const clock = webhooks.standAt(new Date());
    clock.advance(6_500);
    await deliver();
    expect(numbersIn(receiver.received).slice(2)).toEqual(range(450));
  });
});

describe('A failing endpoint', () => {
  it('is tried after 5, 10, 20 seconds and so on, at last every hour, and each attempt is on record', async () => {
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
    // Each wait follows from the time since the first failure, so jitter moves the later ones a little further.
    for (const [index, wait] of waits.slice(0, 5).entries()) {
      expect(wait).toBeGreaterThanOrEqual(5_000 * 2 ** index * 0.6);
      expect(wait).toBeLessThanOrEqual(5_000 * 2 ** index * 1.5);
    }
    for (const wait of waits.slice(-2)) expect(Math.abs(wait - 3_600_000)).toBeLessThanOrEqual(720_000);
    expect(new Set(waits).size).toBeGreaterThan(10);
    expect(await webhooks.errorsOf(webhook)).toEqual(Array(14).fill([500, 'answered 500']));
  });

  it('is disabled after five days of nothing but failures, which the trail tells; what waits is sent when it is enabled', async () => {
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

  it('stays active as long as one call in the time is taken', async () => {
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

  it('is probed with few calls at a time, and keeps nobody else waiting', async () => {
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
    await webhooks.publishAll(platformId, interleaved(30, 1));
    await deliver();
    expect(receiver.at('/good')).toHaveLength(31);
    expect(receiver.at('/bad')).toHaveLength(30);
    expect(most).toBe(2);
  });
});

describe('What is under way', () => {
  it('is made again once its claim has run out, when nobody could write what came of it', async () => {
    const clock = webhooks.standAt(new Date());
    const webhook = await webhooks.create(platformId, receiver.url());
    await webhooks.publish(platformId, anAccount(platformId, 1), [1, 2]);
    const { AttemptRecorder } = await import('../../src/webhooks/attempt-recorder.service.js');
    const recorder = webhooks.world.app.get(AttemptRecorder, { strict: false });
    jest.spyOn(recorder, 'record').mockRejectedValueOnce(new Error('the database is gone'));
    await deliver();
    expect(numbersIn(receiver.received)).toEqual([1]);
    clock.advance(29_000);
    await deliver();
    expect(numbersIn(receiver.received)).toEqual([1]);
    clock.advance(1_001);
    await deliver();
    expect(numbersIn(receiver.received)).toEqual([1, 1, 2]);
    expect((await webhooks.deliveries(webhook)).map(({ attempts }) => attempts)).toEqual([1, 1]);
  });

  it('changes nothing when it comes back after another has taken over', async () => {
    const clock = webhooks.standAt(new Date());
    const webhook = await webhooks.create(platformId, receiver.url());
    await webhooks.publish(platformId, anAccount(platformId, 1), [1, 2]);
    const late: (() => void)[] = [];
    receiver.behave = (response, request) => {
      if (late.length === 0)
        late.push(() => {
          answers(500)(response, request);
        });
      else answers(200)(response, request);
    };
    const slow = deliver();
    await until(() => late.length === 1);
    clock.advance(30_001);
    const other = await Webhooks.anotherDeliverer(webhooks.world);
    await other.deliverDue();
    late[0]?.();
    await slow;
    expect(numbersIn(receiver.received)).toEqual([1, 1, 2]);
    const statuses = (await webhooks.deliveries(webhook)).map(({ status, attempts }) => [status, attempts]);
    expect(statuses).toEqual([
      ['delivered', 1],
      ['delivered', 1],
    ]);
    // What was tried and what came of it stays on record all the same.
    expect(await webhooks.errorsOf(webhook)).toHaveLength(3);
  });

  it('is counted for those who watch the server', async () => {
    const clock = webhooks.standAt(new Date());
    const webhook = await webhooks.create(platformId, receiver.url());
    await webhooks.publish(platformId, anAccount(platformId, 1), [1, 2]);
    const backlog = () => webhooks.world.app.get(WebhookBacklog, { strict: false }).backlog();
    clock.advance(90_000);
    expect(await backlog()).toEqual({
      undispatchedEvents: 0,
      pendingDeliveries: 2,
      oldestPendingSeconds: 90,
    });
    await webhooks.endpoints.do(webhook, 'disable', COMMAND);
    expect(await backlog()).toEqual({ undispatchedEvents: 0, pendingDeliveries: 0, oldestPendingSeconds: 0 });
  });
});
