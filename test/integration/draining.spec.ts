import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Client } from 'pg';
import { Draining } from '../../src/server/draining.service.js';
import { anOpening } from '../support/opening.js';
import { until } from '../support/until.js';
import { StuckCustomer } from '../support/stuck-customer.js';
import { createWorld, type World } from '../support/world.js';

let world: World;
let url: string;

beforeEach(async () => {
  world = await createWorld();
  await world.app.listen({ port: 0, host: '127.0.0.1' });
  url = await world.app.getUrl();
});
afterEach(() => world.close());

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const never = new AbortController().signal;

async function dial(): Promise<Socket> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  await once(socket, 'connect');
  return socket;
}

/** An opening that waits for a row lock, as bytes, and the condition that counts the accounts it made. */
async function aStuckOpening() {
  const stuck = await StuckCustomer.make(world);
  const { platformId, identifier, id } = stuck.customer;
  const { authorization = '' } = await world.make.platformHeaders(platformId);
  const name = 'the-last-one';
  const body = JSON.stringify(anOpening(name));
  const lines = [
    `POST /customers/${identifier}/accounts HTTP/1.1`,
    'host: here',
    `authorization: ${authorization}`,
  ];
  const type = ['content-type: application/json', `content-length: ${body.length}`];
  return { stuck, request: [...lines, ...type, '', body].join('\r\n'), where: `customer_id = ${id}` };
}

async function untilInWork(wanted: number): Promise<void> {
  const isThere = async () =>
    (await (await fetch(`${url}/metrics`)).text()).includes(`\nvostro_requests_in_work ${wanted}\n`);
  while (!(await isThere())) await pause(10);
}

/** Whether the server accepts connections. */
const accepts = (): Promise<boolean> =>
  dial().then(
    (socket) => {
      socket.destroy();
      return true;
    },
    () => false,
  );

describe('A server that shuts down', () => {
  it('is not ready from then on, and serves every other request with Connection: close', async () => {
    expect((await fetch(`${url}/health/ready`)).status).toBe(200);
    const announced = world.app.get(Draining).announce(500, never);
    const ready = await fetch(`${url}/health/ready`);
    expect([ready.status, ready.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await ready.json()).toMatchObject({ status: 503, code: 'service_unavailable' });
    for (const [path, status] of Object.entries({
      '/health/live': 200,
      '/metrics': 200,
      '/api/v1/accounts': 401,
    })) {
      const answer = await fetch(url + path);
      expect([path, answer.status, answer.headers.get('connection')]).toEqual([path, status, 'close']);
    }
    await announced;
  });

  it('waits for the given time, unless it is cut short', async () => {
    const draining = world.app.get(Draining);
    const began = performance.now();
    await draining.announce(300, never);
    expect(performance.now() - began).toBeGreaterThanOrEqual(295);
    const hurry = new AbortController();
    const announced = draining.announce(3_600_000, hurry.signal);
    hurry.abort();
    await announced;
    await draining.announce(3_600_000, hurry.signal);
  });

  it('completes the requests it has accepted, and accepts no more connections', async () => {
    const { stuck, request } = await aStuckOpening();
    const socket = await dial();
    let received = '';
    socket.on('data', (chunk) => (received += String(chunk)));
    socket.write(request);
    await untilInWork(1);
    const stopped = world.app.close();
    await until(async () => !(await accepts()));
    await expect(dial()).rejects.toThrow('ECONNREFUSED');
    await stuck.letGo();
    await once(socket, 'close');
    expect(received).toMatch(/^HTTP\/1.1 201 [^]*connection: close\r\n[^]*"status":"ACTIVE"/i);
    await stopped;
  });

  it('answers a request of which only a part had arrived, in the shape of its API', async () => {
    const socket = await dial();
    let received = '';
    socket.on('data', (chunk) => (received += String(chunk)));
    socket.write('GET /api/v1/accounts HTTP/1.1\r\nhost: here\r\n');
    // A round trip on another connection: the server has read the bytes before.
    await fetch(`${url}/health/live`);
    const stopped = world.app.close();
    await until(async () => !(await accepts()));
    socket.write('\r\n');
    await once(socket, 'close');
    expect(received).toMatch(/^HTTP\/1.1 401 [^]*x-request-id: [^]*"code":"credentials_invalid"/);
    await stopped;
  });

  it('completes the work of a disconnected client before it closes the database connections', async () => {
    const { stuck, request, where } = await aStuckOpening();
    const socket = await dial();
    socket.write(request);
    await untilInWork(1);
    socket.destroy();
    const stopped = world.app.close();
    await until(async () => !(await accepts()));
    await stuck.letGo();
    await stopped;
    const eyes = new Client({ connectionString: world.databaseUrl });
    await eyes.connect();
    const { rows } = await eyes.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM accounts WHERE ${where}`,
    );
    await eyes.end();
    expect(rows).toEqual([{ n: 1 }]);
  });

  it('does not wait for connections that are idle or on which nothing was ever sent', async () => {
    const [silent, idle] = [await dial(), await dial()];
    idle.write('GET /health/live HTTP/1.1\r\nhost: here\r\n\r\n');
    await once(idle, 'data');
    const closed = Promise.all([once(silent, 'close'), once(idle, 'close')]);
    const began = performance.now();
    await world.app.close();
    expect(performance.now() - began).toBeLessThan(5_000);
    await closed;
  });
});
