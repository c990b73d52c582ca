import { AttemptRecorder } from '../../src/webhooks/attempt-recorder.service.js';
import { DeliveryClaims } from '../../src/webhooks/delivery-claims.service.js';
import { WebhookBacklog } from '../../src/webhooks/webhook-backlog.service.js';
import { MONEY_ACT } from '../support/money.js';
import { answers, type ReceivedWebhook, WebhookReceiver } from '../support/webhook-receiver.js';
import { until } from '../support/until.js';
import { anAccount, byObject, interleaved, numbersIn, range, Webhooks } from '../support/webhooks.js';

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

describe('The order of an account’s events', () => {
  it('is kept while deliveries fail, and delays no other account', async () => {
    const clock = webhooks.standAt(new Date());
    const webhook = await webhooks.create(platformId, receiver.url());
    const failing = anAccount(platformId, 1);
    receiver.behave = (response, request) => {
      answers(request.body.includes(`"${failing}"`) ? 503 : 200)(response, request);
    };
    await webhooks.publishAll(platformId, interleaved(platformId, 3, 4));
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

  it('is kept with several deliverers and a receiver that fails at times; each event is accepted once', async () => {
    const moving = webhooks.standAt(new Date());
    const webhook = await webhooks.create(platformId, receiver.url());
    const taken: ReceivedWebhook[] = [];
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
    await webhooks.publishAll(platformId, interleaved(platformId, 12, 15));
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

  it('never has two concurrent calls of one account, over all processes', async () => {
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
    await webhooks.publishAll(platformId, interleaved(platformId, 4, 10));
    const deliverers = await Promise.all(range(3).map(() => Webhooks.anotherDeliverer(webhooks.world)));
    await Promise.all(deliverers.map((deliverer) => deliverer.deliverDue()));
    expect([receiver.received.length, overlaps]).toEqual([40, 0]);
  });

  it('is kept when events arrive while earlier ones are being delivered', async () => {
    await webhooks.create(platformId, receiver.url());
    const account = anAccount(platformId, 1);
    let next = 2;
    receiver.behave = (response, request) => {
      const number = next++;
      // Published while this attempt blocks it: the deliverer that ends this attempt must find it.
      void webhooks.publish(platformId, account, number <= 20 ? [number] : []).then(() => {
        answers(200)(response, request);
      });
    };
    await webhooks.publish(platformId, account, [1]);
    await deliver();
    expect(numbersIn(receiver.received)).toEqual(range(20));
  });

  it('does not let a long queue behind one failing delivery block another account', async () => {
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

describe('An attempt in progress', () => {
  it('is repeated after its lease, when its outcome could not be recorded', async () => {
    const clock = webhooks.standAt(new Date());
    const webhook = await webhooks.create(platformId, receiver.url());
    await webhooks.publish(platformId, anAccount(platformId, 1), [1, 2]);
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

  it('changes nothing when it ends after another deliverer took over', async () => {
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
    // Every attempt is recorded with its result nevertheless.
    expect(await webhooks.errorsOf(webhook)).toHaveLength(3);
  });

  it('is left to its retry time when another deliverer failed at it between two attempts of a lane', async () => {
    const webhook = await webhooks.create(platformId, receiver.url());
    await webhooks.publish(platformId, anAccount(platformId, 1), [1, 2]);
    receiver.behave = (response, request) => {
      answers(numbersIn([request])[0] === 1 ? 200 : 500)(response, request);
    };
    const claims = webhooks.world.app.get(DeliveryClaims, { strict: false });
    const claimNext = claims.claimNext.bind(claims);
    jest.spyOn(claims, 'claimNext').mockImplementationOnce(async (lanes) => {
      const other = await Webhooks.anotherDeliverer(webhooks.world);
      await other.deliverDue();
      return claimNext(lanes);
    });
    await deliver();
    expect(numbersIn(receiver.received)).toEqual([1, 2]);
    expect((await webhooks.deliveries(webhook)).map(({ attempts }) => attempts)).toEqual([1, 1]);
  });

  it('is counted in the metrics', async () => {
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
