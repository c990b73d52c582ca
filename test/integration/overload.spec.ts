import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { KeyHeaders } from '../support/factories.js';
import { valueOfSeries } from '../support/metrics.js';
import { anOpening, postOpening } from '../support/opening.js';
import { StuckCustomer } from '../support/stuck-customer.js';
import { until } from '../support/until.js';
import { createWorld, type World } from '../support/world.js';

const BOUND = 4;
const RETRY_AFTER = /^[123]$/;

let world: World;
let url: string;
let stuck: StuckCustomer;
/** `first` and `second` are credentials of the stuck customer's platform, `stranger` is one of another platform. */
let first: KeyHeaders;
let second: KeyHeaders;
let stranger: KeyHeaders;
let opened = 0;

beforeAll(async () => {
  world = await createWorld({ MAX_REQUESTS_IN_WORK: String(BOUND) });
  await world.app.listen({ port: 0, host: '127.0.0.1' });
  url = await world.app.getUrl();
});
afterAll(() => world.close());

beforeEach(async () => {
  stuck = await StuckCustomer.make(world);
  first = await world.make.platformHeaders(stuck.customer.platformId);
  second = await world.make.platformHeaders(stuck.customer.platformId);
  stranger = await world.make.platformHeaders((await world.make.aPlatform()).id);
  // From now on the load shedder knows the owners of these credentials.
  for (const headers of [first, second, stranger]) await fetch(url + pathOf(), { headers });
});

const pathOf = () => `/customers/${stuck.customer.identifier}/accounts`;
const bodyOf = () => JSON.stringify(anOpening(`opening-${++opened}`));
const open = (headers: KeyHeaders) => postOpening(url + pathOf(), headers, `opening-${++opened}`);

async function metric(name: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return valueOfSeries(text, name);
}

const untilInWork = (wanted: number): Promise<void> =>
  until(async () => (await metric('vostro_requests_in_work')) === wanted);

/** Starts as many openings as the limit allows, half of them with each credential. */
async function fill(): Promise<Promise<Response>[]> {
  const openings = [first, first, second, second].map(open);
  await untilInWork(BOUND);
  return openings;
}

async function empty(openings: Promise<Response>[]): Promise<void> {
  await stuck.letGo();
  expect((await Promise.all(openings)).map(({ status }) => status)).toEqual([201, 201, 201, 201]);
  await untilInWork(0);
}

/** A connection of its own, on which requests are sent as raw bytes. */
async function dial(): Promise<Socket> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  await once(socket, 'connect');
  return socket;
}

async function aConversation() {
  const socket = await dial();
  let text = '';
  socket.on('data', (chunk) => (text += String(chunk)));
  const answered = async (count: number) => {
    while (text.split('HTTP/1.1 ').length <= count) await once(socket, 'data');
  };
  return { socket, received: () => text, answered };
}

function wire(headers: KeyHeaders, body: string, length = body.length): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  const type = ['content-type: application/json', `content-length: ${length}`];
  return [`POST ${pathOf()} HTTP/1.1`, 'host: here', ...lines, ...type, '', body].join('\r\n');
}

describe('A server at its concurrency limit', () => {
  it('answers 429 to a credential above its share and 503 to the rest, with Retry-After', async () => {
    const refused = (reason: string) => metric(`vostro_requests_refused_total{reason="${reason}"}`);
    const before = [await refused('bound'), await refused('credential_share')];
    const openings = await fill();
    const [other, own] = [await open(stranger), await open(first)];
    expect([other.status, own.status]).toEqual([503, 429]);
    for (const answer of [other, own]) {
      expect(answer.headers.get('retry-after')).toMatch(RETRY_AFTER);
      expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    }
    expect(await other.json()).toMatchObject({ i18nKey: '503.502' });
    expect(await own.json()).toMatchObject({ i18nKey: '429.001' });
    await empty(openings);
    expect((await open(first)).status).toBe(201);
    const after = [await refused('bound'), await refused('credential_share')];
    expect(after).toEqual(before.map((count) => count + 1));
    expect(await metric('vostro_requests_in_work_highest')).toBe(BOUND);
    expect(await metric('vostro_requests_in_work_bound')).toBe(BOUND);
  });

  it('refuses in the shape of the requested API', async () => {
    const openings = await fill();
    const refusalOf = async (path: string) => {
      const answer = await fetch(url + path);
      return [answer.status, answer.headers.get('content-type'), await answer.json()];
    };
    const json = 'application/json; charset=utf-8';
    const problem = { status: 503, code: 'service_unavailable' };
    expect(await refusalOf('/api/v1/accounts')).toEqual([503, json, expect.objectContaining(problem)]);
    expect(await refusalOf('/products')).toEqual([
      ...[503, json],
      expect.objectContaining({ errorCode: 'service_unavailable' }),
    ]);
    expect(await refusalOf('/admin/accounts')).toEqual([
      ...[503, 'application/problem+json; charset=utf-8'],
      expect.objectContaining(problem),
    ]);
    await empty(openings);
  });

  it('returns the caller’s X-Request-Id', async () => {
    const openings = await fill();
    const id = 'b6d4a7e2-8d5a-4b39-a0a2-0a6f43c9a001';
    const answer = await fetch(`${url}/api/v1/accounts`, { headers: { 'x-request-id': id } });
    expect([answer.status, answer.headers.get('x-request-id')]).toEqual([503, id]);
    await empty(openings);
  });

  it('keeps serving probes, metrics and documents', async () => {
    const openings = await fill();
    const paths = ['/health/live', '/health/ready', '/metrics', '/docs', '/openapi/owner.json'];
    for (const path of [...paths, '/.well-known/jwks.json'])
      expect([path, (await fetch(url + path)).status]).toEqual([path, 200]);
    await empty(openings);
  });

  it('also refuses injected requests, which use no socket', async () => {
    const openings = await fill();
    const { status, headers, body } = await world.send('GET', '/api/v1/accounts');
    expect([status, body.code]).toEqual([503, 'service_unavailable']);
    expect(headers['retry-after']).toMatch(RETRY_AFTER);
    await empty(openings);
  });

  it('refuses a credential at its share as soon as it has authenticated', async () => {
    const openings = [first, first].map(open);
    await untilInWork(2);
    // The same credential, presented in a way not used before.
    const [key = '', secret = ''] = Buffer.from(first.authorization?.slice(6) ?? '', 'base64')
      .toString()
      .split(':');
    const answer = await open({ 'x-api-key': key, 'x-api-secret': secret });
    expect([answer.status, await answer.json()]).toEqual([
      429,
      expect.objectContaining({ i18nKey: '429.001' }),
    ]);
    await untilInWork(2);
    await stuck.letGo();
    await Promise.all(openings);
  });

  it('serves other credentials at once while one overloads it', async () => {
    const flood = Array.from({ length: 40 }, () => open(first));
    await untilInWork(2);
    const free = await world.make.aCustomer({ countryOfResidence: null });
    const headers = await world.make.platformHeaders(free.platformId);
    for (let n = 0; n < 5; n++) {
      const answer = await fetch(`${url}/customers/${free.identifier}/accounts`, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body: bodyOf(),
      });
      expect(answer.status).toBe(201);
    }
    await stuck.letGo();
    const statuses = (await Promise.all(flood)).map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set([201, 429]));
    expect(await metric('vostro_requests_in_work_highest')).toBeLessThanOrEqual(BOUND);
  });

  it('keeps the connection of a refused request usable, also when its body is unread or not yet sent', async () => {
    const openings = await fill();
    const { socket, received, answered } = await aConversation();
    const body = bodyOf();
    socket.write(wire(stranger, '', body.length));
    await answered(1);
    expect(received()).toMatch(/^HTTP\/1.1 503 /);
    socket.write(body);
    await empty(openings);
    socket.write(wire(first, bodyOf()));
    await answered(2);
    expect(received()).toMatch(/HTTP\/1.1 201 /);
    socket.destroy();
  });

  it('rejects at once, and with a delay after a retry before Retry-After', async () => {
    const openings = await fill();
    const { socket, answered } = await aConversation();
    const times = [performance.now()];
    for (const count of [1, 2, 3]) {
      socket.write(wire(stranger, bodyOf()));
      await answered(count);
      times.push(performance.now());
    }
    const [begun = 0, one = 0, two = 0, three = 0] = times;
    expect(one - begun).toBeLessThan(450);
    expect(Math.min(two - one, three - two)).toBeGreaterThan(450);
    socket.destroy();
    await empty(openings);
  });

  it('delays only rejections: a connection may be shared', async () => {
    const openings = await fill();
    const { socket, answered } = await aConversation();
    socket.write(wire(stranger, bodyOf()));
    await answered(1);
    const before = performance.now();
    socket.write('GET /health/live HTTP/1.1\r\nhost: here\r\n\r\n');
    await answered(2);
    expect(performance.now() - before).toBeLessThan(450);
    socket.destroy();
    await empty(openings);
  });
});

describe('The number of requests in work', () => {
  it('does not include requests before their body has arrived', async () => {
    const sockets = await Promise.all(Array.from({ length: 2 * BOUND }, dial));
    for (const socket of sockets) socket.write(wire(first, '{', 100));
    await stuck.letGo();
    // There are twice as many of them as the limit allows.
    expect((await open(first)).status).toBe(201);
    await untilInWork(0);
    for (const socket of sockets) socket.destroy();
  });

  it('includes a request whose client has disconnected, until it is executed', async () => {
    const socket = await dial();
    socket.write(wire(first, bodyOf()));
    await untilInWork(1);
    socket.destroy();
    const gone = await open(stranger);
    expect(gone.status).toBe(403);
    expect(await metric('vostro_requests_in_work')).toBe(1);
    await stuck.letGo();
    await untilInWork(0);
    expect(await world.count('accounts', `customer_id = ${stuck.customer.id}`)).toBe(1);
  });

  it('includes each pipelined request of a connection, and returns to 0 when the connection breaks', async () => {
    const socket = await dial();
    socket.write(wire(first, bodyOf()) + wire(second, bodyOf()));
    await untilInWork(2);
    socket.destroy();
    await stuck.letGo();
    await untilInWork(0);
  });
});
