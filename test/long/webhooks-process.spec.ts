import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import { type AppProcess, startAppProcess } from '../support/app-process.js';
import { answers, WebhookReceiver } from '../support/webhook-receiver.js';
import { until } from '../support/until.js';
import { anAccount, numbersIn, Webhooks } from '../support/webhooks.js';

const TLS = join(__dirname, '../support/tls');
const CERTIFICATE = join(TLS, 'receiver.crt');
const VARIABLES = { WEBHOOK_ALLOWED_NETWORKS: '127.0.0.0/8', NODE_EXTRA_CA_CERTS: CERTIFICATE };

let webhooks: Webhooks;
let receiver: WebhookReceiver;
let platformId: string;
let app: AppProcess | undefined;

beforeAll(async () => {
  webhooks = await Webhooks.start();
  receiver = await WebhookReceiver.start({
    cert: readFileSync(CERTIFICATE, 'utf8'),
    key: readFileSync(join(TLS, 'receiver.key'), 'utf8'),
  });
});
beforeEach(async () => {
  receiver.received.length = 0;
  receiver.behave = answers(200);
  platformId = (await webhooks.world.make.aPlatform()).id;
});
afterEach(async () => {
  if (app?.process.exitCode === null && app.process.signalCode === null) await app.stop();
});
afterAll(async () => {
  await webhooks.close();
  await receiver.close();
});

const start = async (): Promise<AppProcess> =>
  (app = await startAppProcess(webhooks.world.databaseUrl, VARIABLES));
const delivered = (webhook: { platformId: string; id: string }) => async () =>
  (await webhooks.deliveries(webhook)).every(({ status }) => status === 'delivered');

describe('The app as a separate process', () => {
  it('delivers over TLS the events that another process dispatched, to a receiver it trusts', async () => {
    const webhook = await webhooks.create(platformId, receiver.url());
    await webhooks.publish(platformId, anAccount(platformId, 1), [1, 2, 3]);
    await start();
    await until(delivered(webhook), { what: 'delivery' });
    expect(numbersIn(receiver.received)).toEqual([1, 2, 3]);
    for (const { body, headers } of receiver.received)
      expect(new Webhook(webhook.secret).verify(body, headers)).toBeDefined();
  });

  it('loses nothing when killed during an attempt: the attempt is repeated, and the order is kept', async () => {
    const webhook = await webhooks.create(platformId, receiver.url());
    const { process: first } = await start();
    receiver.behave = (response, request) => {
      // The third request is read and never answered.
      if (numbersIn([request])[0] !== 3) answers(200)(response, request);
    };
    await webhooks.publish(platformId, anAccount(platformId, 1), [1, 2, 3, 4, 5]);
    await until(() => receiver.received.length === 3, { what: 'the third call' });
    const exit = once(first, 'exit');
    first.kill('SIGKILL');
    await exit;
    receiver.behave = answers(200);
    await start();
    const waiting = (await webhooks.deliveries(webhook)).map(({ status, attempts }) => [status, attempts]);
    const pending = Array<unknown>(3).fill(['pending', 0]);
    expect(waiting).toEqual([['delivered', 1], ['delivered', 1], ...pending]);
    // As if the dead process's lease had expired.
    await webhooks.world.dataSource.query(
      `UPDATE webhook_deliveries SET claimed_until = now() WHERE claimed_until > now()`,
    );
    await until(delivered(webhook), { what: 'delivery by the next process' });
    expect(numbersIn(receiver.received)).toEqual([1, 2, 3, 3, 4, 5]);
  });

  it('on SIGTERM ends the current call, records its outcome and leaves the rest to other processes', async () => {
    const webhook = await webhooks.create(platformId, receiver.url());
    const { process: stopping } = await start();
    receiver.behave = (response, request) => {
      setTimeout(() => {
        answers(200)(response, request);
      }, 300);
    };
    await webhooks.publish(platformId, anAccount(platformId, 1), [1, 2]);
    await until(() => receiver.received.length === 1, { what: 'the first call' });
    const exit = once(stopping, 'exit');
    stopping.kill('SIGTERM');
    expect(await exit).toEqual([0, null]);
    expect((await webhooks.deliveries(webhook)).map(({ status }) => status)).toEqual([
      'delivered',
      'pending',
    ]);
    await start();
    await until(delivered(webhook), { what: 'delivery by the next process' });
    expect(numbersIn(receiver.received)).toEqual([1, 2]);
  });

  it('sends nothing to a receiver with an untrusted certificate, and records the error', async () => {
    const webhook = await webhooks.create(platformId, receiver.url());
    await webhooks.publish(platformId, anAccount(platformId, 1), [1]);
    // This process does not trust the receiver's certificate.
    await webhooks.deliverer.deliverDue();
    expect(receiver.received).toEqual([]);
    expect(await webhooks.errorsOf(webhook)).toEqual([
      [null, 'the call failed: DEPTH_ZERO_SELF_SIGNED_CERT'],
    ]);
  });
});
