import { once } from 'node:events';
import { connect, type Server, type Socket } from 'node:net';
import { BulkCalls } from '../../src/apis/admin/bulk/bulk.service.js';
import { PendingBodies } from '../../src/server/pending-bodies.service.js';
import { valueOfSeries } from '../support/metrics.js';
import { postOpening } from '../support/opening.js';
import { until } from '../support/until.js';
import { createWorld, type World } from '../support/world.js';

/** Of bodies, for any lower MAX_REQUESTS_IN_WORK. */
const LIMIT = 100;
const MAX_AGE_MS = 1_500;

let world: World;
let url: string;
let sockets: Socket[];

beforeAll(async () => {
  world = await createWorld({ MAX_REQUESTS_IN_WORK: '8' });
  world.app.get(PendingBodies).maxAgeMs = MAX_AGE_MS;
  await world.app.listen(0);
  url = (await world.app.getUrl()).replace('[::1]', '127.0.0.1');
});
afterAll(() => world.close());
beforeEach(() => {
  sockets = [];
});
afterEach(() => {
  for (const socket of sockets) socket.destroy();
});

interface Client {
  socket: Socket;
  received: () => string;
  isClosed: () => boolean;
}

async function dial(): Promise<Client> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  sockets.push(socket);
  let text = '';
  let isClosed = false;
  socket.on('data', (chunk) => (text += String(chunk)));
  socket.on('error', () => undefined);
  socket.on('close', () => (isClosed = true));
  await once(socket, 'connect');
  return { socket, received: () => text, isClosed: () => isClosed };
}

/** Sends a head and the first byte of a body. */
async function begin(path: string, headers: string[] = []): Promise<Client> {
  const client = await dial();
  const head = [`POST ${path} HTTP/1.1`, 'host: here', 'content-length: 65536', ...headers];
  const type = headers.some((header) => header.startsWith('content-type'))
    ? []
    : ['content-type: application/json'];
  client.socket.write([...head, ...type, '', '{'].join('\r\n'));
  return client;
}

const metric = async (reason: string): Promise<number> => {
  const text = await (await fetch(`${url}/metrics`)).text();
  return valueOfSeries(text, `vostro_requests_refused_total{reason="${reason}"}`);
};

describe('A body that does not arrive', () => {
  it.each([
    ['/api/v1/accounts', { status: 408, code: 'request_timeout' }],
    ['/accounts', { errorCode: 'invalid_request' }],
    ['/customers/acme/accounts', { i18nKey: '408.001' }],
    ['/admin/customers', { status: 408, code: 'request_timeout' }],
    ['/nowhere', { status: 408, code: 'request_timeout' }],
  ])(
    'is answered in the shape of the API after the time limit, and the connection closed: %s',
    async (path, body) => {
      const before = await metric('slow_body');
      const client = await begin(path);
      await until(client.isClosed);
      const [head = '', text = ''] = client.received().split('\r\n\r\n');
      expect(head).toMatch(/^HTTP\/1\.1 408 /);
      expect(head).toMatch(/^connection: close/im);
      expect(JSON.parse(text)).toMatchObject(body);
      expect(await metric('slow_body')).toBe(before + 1);
    },
  );

  it('does not get more time by sending a byte now and then', async () => {
    const client = await begin('/api/v1/accounts');
    const drip = setInterval(() => client.socket.write(' '), 100);
    await until(client.isClosed);
    clearInterval(drip);
    expect(client.received()).toMatch(/^HTTP\/1\.1 408 /);
  });

  it('of lines is closed when the call was refused without reading it', async () => {
    const client = await begin('/admin/transfers/bulk', ['content-type: application/x-ndjson']);
    await until(() => client.received().startsWith('HTTP/1.1 401 '));
    await until(client.isClosed);
  });

  it('of lines has the time limit of bulk calls once it is admitted', async () => {
    const headers = Object.entries(await world.make.adminHeaders('operator'));
    world.app.get(BulkCalls).maxIdleMs = 3 * MAX_AGE_MS;
    const client = await begin('/admin/transfers/bulk', [
      'content-type: application/x-ndjson',
      ...headers.map(([name, value]) => `${name}: ${value}`),
    ]);
    await new Promise((resolve) => setTimeout(resolve, 2 * MAX_AGE_MS));
    expect(client.isClosed()).toBe(false);
    await until(client.isClosed);
  });

  it('of a method that takes none is closed, too', async () => {
    const client = await dial();
    client.socket.write('GET /health/live HTTP/1.1\r\nhost: here\r\ncontent-length: 10\r\n\r\n');
    await until(() => client.received().startsWith('HTTP/1.1 200 '));
    await until(client.isClosed);
  });
});

describe('A slow answer to a request whose body does not arrive', () => {
  it('is not waited for: the connection is closed', async () => {
    const headers = Object.entries(await world.make.adminHeaders('viewer'));
    const lock = world.dataSource.createQueryRunner();
    await lock.startTransaction();
    await lock.query('LOCK TABLE balances IN ACCESS EXCLUSIVE MODE');
    const client = await dial();
    // A method without a body: nothing reads what is announced.
    const head = ['GET /admin/ledger/trial-balance HTTP/1.1', 'host: here', 'content-length: 10'];
    client.socket.write(
      [...head, ...headers.map(([name, value]) => `${name}: ${value}`), '', ''].join('\r\n'),
    );
    await until(client.isClosed);
    expect(client.received()).toBe('');
    await lock.rollbackTransaction();
    await lock.release();
    expect((await fetch(`${url}/health/ready`)).status).toBe(200);
  });
});

describe('The head of a request', () => {
  it('has a time limit', () => {
    expect(world.app.getHttpServer().headersTimeout).toBe(20_000);
  });
});

describe('More bodies than there may be requests', () => {
  it('give up the oldest, and do not keep other clients from opening accounts', async () => {
    const customer = await world.make.aCustomer({ countryOfResidence: null });
    const headers = await world.make.platformHeaders(customer.platformId);
    const path = `${url}/customers/${customer.identifier}/accounts`;
    world.app.get(PendingBodies).maxAgeMs = 60_000;
    const slow = await Promise.all(Array.from({ length: LIMIT }, () => begin('/api/v1/accounts')));
    await until(() => world.app.get(PendingBodies).count === LIMIT);
    // Until they are old enough to be given up.
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    expect((await postOpening(path, headers, 'slow-1')).status).toBe(201);
    await until(() => slow.some((client) => client.isClosed()));
    expect(slow.filter((client) => client.received().startsWith('HTTP/1.1 408 '))).toHaveLength(1);
    world.app.get(PendingBodies).maxAgeMs = MAX_AGE_MS;
  });
});

describe('Connections', () => {
  it('are limited in number, which is counted', async () => {
    const server = world.app.getHttpServer() as Server;
    expect(server.maxConnections).toBe(1_000);
    server.maxConnections = 20;
    const before = await metric('connections');
    const clients = await Promise.all(Array.from({ length: 20 }, dial));
    const late = await dial();
    await until(late.isClosed);
    server.maxConnections = 1_000;
    for (const { socket } of clients) socket.destroy();
    expect(await metric('connections')).toBeGreaterThan(before);
  });
});
