import { createServer } from 'node:net';
import { DeliveryTargets, NameResolver } from '../../src/webhooks/delivery-targets.js';
import { WebhookCaller } from '../../src/webhooks/webhook-caller.service.js';
import {
  answers,
  answersDropByDrop,
  answersHalf,
  answersWithoutEnd,
  type Behaviour,
  closesTheSocket,
  hangs,
  redirectsTo,
  WebhookReceiver,
} from '../support/webhook-receiver.js';
import { until } from '../support/until.js';
import { anAccount, Webhooks } from '../support/webhooks.js';
import { createWorld, type World } from '../support/world.js';

const CALL_MS = 400;

let receiver: WebhookReceiver;
beforeAll(async () => {
  receiver = await WebhookReceiver.start();
});
afterAll(() => receiver.close());
beforeEach(() => {
  receiver.received.length = 0;
  receiver.behave = answers(200);
});

describe('A receiver', () => {
  let webhooks: Webhooks;
  let platformId: string;
  beforeAll(async () => {
    webhooks = await Webhooks.start({ callMs: CALL_MS });
  });
  afterAll(() => webhooks.close());
  beforeEach(async () => {
    platformId = (await webhooks.world.make.aPlatform()).id;
  });

  /** The result of one delivery, attempted once. */
  async function tried(url: string) {
    const webhook = await webhooks.create(platformId, url);
    await webhooks.publish(platformId, anAccount(platformId, 1), [1]);
    const began = performance.now();
    await webhooks.deliverer.deliverDue();
    const tookMs = performance.now() - began;
    const [delivery] = await webhooks.deliveries(webhook);
    await webhooks.world.dataSource.query(`UPDATE webhook_endpoints SET status = 'disabled'`);
    return { status: delivery?.status, attempts: await webhooks.errorsOf(webhook), tookMs };
  }

  it.each<[what: string, behave: Behaviour, httpStatus: number | null, error: RegExp]>([
    ['fails', answers(500), 500, /^answered 500$/],
    ['says that it is gone', answers(410), 410, /^answered 410$/],
    ['never answers', hangs, null, /no whole answer within 400 ms/],
    ['closes the connection', closesTheSocket, null, /before the answer was whole$/],
    ['says 200, then breaks off', answersHalf, 200, /before the answer was whole$/],
    ['says 200, then a byte now and then', answersDropByDrop, 200, /no whole answer within 400 ms/],
  ])('that %s has not accepted the event, and gets a retry', async (_what, behave, httpStatus, error) => {
    receiver.behave = behave;
    const { status, attempts, tookMs } = await tried(receiver.url());
    expect({ status, attempts }).toEqual({
      status: 'pending',
      attempts: [[httpStatus, expect.stringMatching(error)]],
    });
    expect(tookMs).toBeLessThan(CALL_MS + 1_500);
  });

  it.each([200, 201, 202, 204, 299])('that answers %d has accepted it', async (status) => {
    receiver.behave = answers(status);
    expect(await tried(receiver.url())).toMatchObject({ status: 'delivered', attempts: [[status, null]] });
  });

  it.each([301, 302, 303, 307, 308])('that redirects with %d is not followed', async (status) => {
    receiver.behave = (response, request) => {
      if (request.path === '/elsewhere') answers(200)(response, request);
      else response.writeHead(status, { location: receiver.url('/elsewhere') }).end();
    };
    const { attempts } = await tried(receiver.url('/hook'));
    expect(attempts).toEqual([[status, `answered ${status}: redirects are not followed`]]);
    expect(receiver.received.map(({ path }) => path)).toEqual(['/hook']);
  });

  it('that sends an endless body has accepted it, and is disconnected', async () => {
    receiver.behave = answersWithoutEnd;
    const { status, attempts, tookMs } = await tried(receiver.url());
    expect({ status, attempts }).toEqual({ status: 'delivered', attempts: [[200, null]] });
    expect(tookMs).toBeLessThan(CALL_MS);
    await until(() => receiver.openConnections === 0, { what: 'the end of the connection' });
  });

  it('that sends more than it announced does not affect the next request', async () => {
    receiver.behave = (response) => {
      response.socket?.end(
        'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nokHTTP/1.1 500 NO\r\ncontent-length: 0\r\n\r\n',
      );
    };
    expect(await tried(receiver.url())).toMatchObject({ attempts: [[200, null]] });
    receiver.behave = answers(204);
    expect(await tried(receiver.url('/next'))).toMatchObject({ attempts: [[204, null]] });
  });

  it('that does not speak HTTP or does not listen fails with an error of its own', async () => {
    const chatty = createServer((socket) => {
      socket.on('error', () => undefined).resume();
      socket.end('220 mail.example ESMTP\r\n');
    });
    await new Promise<void>((resolve) => chatty.listen(0, '127.0.0.1', resolve));
    const { port } = chatty.address() as { port: number };
    const babble = await tried(`http://127.0.0.1:${port}/`);
    await new Promise((resolve) => chatty.close(resolve));
    expect(babble.attempts).toEqual([[null, expect.stringMatching(/^the call failed: HPE_/)]]);
    const nobody = await tried(`http://127.0.0.1:${port}/`);
    expect(nobody.attempts).toEqual([[null, 'the connection was refused']]);
  });

  it('receives requests one after the other over few connections', async () => {
    await webhooks.create(platformId, receiver.url());
    const events = Array.from({ length: 60 }, (_, n) => ({
      objectId: anAccount(platformId, n + 1),
      type: 'hold.placed' as const,
      data: {},
    }));
    let most = 0;
    receiver.behave = (response, request) => {
      most = Math.max(most, receiver.openConnections);
      answers(200)(response, request);
    };
    await webhooks.publishAll(platformId, events);
    await webhooks.deliverer.deliverDue();
    expect(receiver.received).toHaveLength(60);
    expect(most).toBeLessThanOrEqual(16);
  });
});

describe('A target in a private network', () => {
  let world: World;
  beforeAll(async () => {
    world = await createWorld({ DATABASE_URL: '' });
  });
  afterAll(() => world.close());
  afterEach(() => jest.restoreAllMocks());

  const call = (url: string) =>
    world.app.get(WebhookCaller, { strict: false }).call({ url, headers: {}, body: '{}' });
  const refused = { httpStatus: null, error: 'the address may not be called' };
  const meaning = (...addresses: string[]) =>
    jest
      .spyOn(world.app.get(NameResolver, { strict: false }), 'resolve')
      .mockResolvedValue(addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })));

  /** With any URL in the table of endpoints, the request itself must not be sent. */
  it.each([
    ...[
      '127.0.0.1',
      '127.1',
      '2130706433',
      '0x7f000001',
      '0x7f.1',
      '017700000001',
      '0177.0.0.01',
      '127.0.0.1.',
    ],
    ...[
      '[::1]',
      '[::ffff:127.0.0.1]',
      '[::ffff:7f00:1]',
      '[::127.0.0.1]',
      '[64:ff9b::7f00:1]',
      '0.0.0.0',
      '[::]',
    ],
    ...['localhost', 'localhost.', 'LOCALHOST', 'hooks.localhost', '１２７.０.０.１', '127。0。0。1'],
  ])('is not requested as http://%s', async (host) => {
    expect(await call(receiver.url('/hook', host))).toMatchObject(refused);
    expect(receiver.received).toEqual([]);
  });

  it.each([
    ...[
      '10.0.0.1',
      '172.16.0.1',
      '172.31.255.255',
      '192.168.1.1',
      '169.254.169.254',
      '100.64.0.1',
      '100.127.255.255',
    ],
    ...[
      '198.18.0.1',
      '192.0.2.1',
      '224.0.0.1',
      '255.255.255.255',
      '[fe80::1]',
      '[fc00::1]',
      '[fd12:3456::1]',
    ],
    ...['[ff02::1]', '[fd00:ec2::254]', '[2002:7f00:1::]', '[2001:0:7f00:1::]', '[2001:db8::1]'],
  ])('such as %s is refused before a connection is made', async (host) => {
    const began = performance.now();
    expect(await call(`https://${host}/latest/meta-data`)).toMatchObject(refused);
    expect(performance.now() - began).toBeLessThan(100);
  });

  it.each([
    ['loopback', ['127.0.0.1']],
    ['loopback of IPv6', ['::1']],
    ['a mapped address', ['::ffff:127.0.0.1']],
    ['the metadata service', ['169.254.169.254']],
    ['several private ones', ['10.0.0.1', 'fd00::1', '192.168.0.1']],
    ['one of a link', ['fe80::1%lo']],
  ])('is not requested by a name that resolves to %s', async (_what, addresses) => {
    const resolve = meaning(...addresses);
    expect(await call(receiver.url('/hook', 'hooks.example'))).toMatchObject(refused);
    expect(resolve).toHaveBeenCalledWith('hooks.example');
    expect(receiver.received).toEqual([]);
  });

  it('is removed from the addresses of a name that also has public ones', async () => {
    meaning('127.0.0.1', '93.184.216.34', '10.0.0.1');
    const { lookup } = world.app.get(DeliveryTargets, { strict: false });
    const found = await new Promise((resolve, reject) => {
      lookup('hooks.example', { all: true }, (error, addresses) => {
        if (error === null) resolve(addresses);
        else reject(error);
      });
    });
    expect(found).toEqual([{ address: '93.184.216.34', family: 4 }]);
  });
});

describe('A target in an allowed network', () => {
  let webhooks: Webhooks;
  beforeAll(async () => {
    webhooks = await Webhooks.start();
  });
  afterAll(() => webhooks.close());
  afterEach(() => jest.restoreAllMocks());

  it.each(['127.0.0.1', 'localhost', '2130706433', '[::ffff:127.0.0.1]'])(
    'is requested as %s',
    async (host) => {
      const caller = webhooks.world.app.get(WebhookCaller, { strict: false });
      const outcome = await caller.call({ url: receiver.url('/hook', host), headers: {}, body: '{}' });
      expect(outcome).toMatchObject({ httpStatus: 200, error: null });
      expect(receiver.received).toHaveLength(1);
    },
  );

  it('is requested by name, without using other addresses of that name', async () => {
    const { world } = webhooks;
    jest.spyOn(world.app.get(NameResolver, { strict: false }), 'resolve').mockResolvedValue([
      { address: '10.0.0.1', family: 4 },
      { address: '127.0.0.1', family: 4 },
    ]);
    const caller = world.app.get(WebhookCaller, { strict: false });
    const outcome = await caller.call({
      url: receiver.url('/hook', 'hooks.example'),
      headers: {},
      body: '{}',
    });
    expect(outcome).toMatchObject({ httpStatus: 200 });
    expect(receiver.received[0]?.headers.host).toBe(`hooks.example:${receiver.port}`);
  });

  it('is resolved once per connection: the checked address is the one connected to', async () => {
    const { world } = webhooks;
    const resolve = jest
      .spyOn(world.app.get(NameResolver, { strict: false }), 'resolve')
      .mockResolvedValueOnce([{ address: '127.0.0.1', family: 4 }])
      .mockResolvedValue([{ address: '10.0.0.1', family: 4 }]);
    const caller = world.app.get(WebhookCaller, { strict: false });
    receiver.behave = (response) => response.writeHead(200, { connection: 'close' }).end();
    const call = { url: receiver.url('/hook', 'rebound.example'), headers: {}, body: '{}' };
    expect(await caller.call(call)).toMatchObject({ httpStatus: 200 });
    expect(resolve).toHaveBeenCalledTimes(1);
    expect(await caller.call(call)).toMatchObject({
      httpStatus: null,
      error: 'the address may not be called',
    });
    expect(receiver.received).toHaveLength(1);
  });

  it('is not reached by a redirect', async () => {
    receiver.behave = redirectsTo(receiver.url('/elsewhere'));
    const caller = webhooks.world.app.get(WebhookCaller, { strict: false });
    const outcome = await caller.call({ url: receiver.url(), headers: {}, body: '{}' });
    expect(outcome).toMatchObject({ httpStatus: 307, error: expect.stringMatching(/not followed/) });
    expect(receiver.at('/elsewhere')).toEqual([]);
  });
});
