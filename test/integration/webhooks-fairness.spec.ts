import type { WebhookDeliverer } from '../../src/webhooks/webhook-deliverer.service.js';
import { answers, hangs, WebhookReceiver } from '../support/webhook-receiver.js';
import { Webhooks } from '../support/webhooks.js';

const HANGING = 32;
/** An idle deliverer looks for deliveries this often, so that one takes between nothing and this long. */
const ROUND_MS = 200;
/** Time limit of a call. */
const CALL_MS = 2_000;
/** Events that are measured, one at a time. */
const EVENTS = 12;

let webhooks: Webhooks;
let receiver: WebhookReceiver;
let deliverer: WebhookDeliverer;

beforeAll(async () => {
  webhooks = await Webhooks.start({ callMs: CALL_MS, firstWaitMs: 500, longestWaitMs: 500 });
  receiver = await WebhookReceiver.start();
  receiver.behave = (response, request) => {
    (request.path === '/good' ? answers(200) : hangs)(response, request);
  };
  deliverer = webhooks.deliverer;
});
afterAll(async () => {
  await deliverer.onApplicationShutdown();
  await receiver.close();
  await webhooks.close();
});

/** Publishes events, each of another object, and measures how long each takes to arrive at `/good`, in ms. */
async function latencies(platformId: string, count: number, from: number): Promise<number[]> {
  const found: number[] = [];
  for (let number = from; number < from + count; number++) {
    const before = receiver.at('/good').length;
    const published = performance.now();
    await webhooks.publish(platformId, `acc_${platformId}_${number}`, [number]);
    while (receiver.at('/good').length === before) await new Promise((resolve) => setTimeout(resolve, 5));
    found.push(performance.now() - published);
  }
  return found;
}

const median = (values: number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

describe('Endpoints that hang', () => {
  it('delay neither another endpoint of their platform nor one of another platform', async () => {
    const [busy, other] = [
      (await webhooks.world.make.aPlatform()).id,
      (await webhooks.world.make.aPlatform()).id,
    ];
    for (const platformId of [busy, other]) await webhooks.create(platformId, receiver.url('/good'));
    deliverer.onApplicationBootstrap();
    const ordinary = Math.max(median(await latencies(busy, EVENTS, 1)), ROUND_MS);

    for (let count = 0; count < HANGING; count++)
      await webhooks.create(busy, receiver.url(`/hanging-${count}`));
    // Each endpoint has a queue of several objects, and all of them have failed once.
    await latencies(busy, EVENTS, 100);
    await new Promise((resolve) => setTimeout(resolve, 1.5 * CALL_MS));

    const within = await latencies(busy, EVENTS, 200);
    const beside = await latencies(other, EVENTS, 300);
    for (const measured of [within, beside]) {
      expect(median(measured)).toBeLessThan(2 * ordinary);
      expect(Math.max(...measured)).toBeLessThan(CALL_MS);
    }
  }, 120_000);
});
