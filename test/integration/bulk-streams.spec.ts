import { setTimeout as delay } from 'node:timers/promises';
import { AccountOpeningService } from '../../src/accounts/opening/account-opening.service.js';
import type { Customer } from '../../src/entities/customer.entity.js';
import { BulkCalls } from '../../src/apis/admin/bulk/bulk.service.js';
import { StreamedBulk } from '../../src/apis/admin/bulk/streamed-bulk.service.js';
import { AppError } from '../../src/shared/app-error.js';
import { Draining } from '../../src/server/draining.service.js';
import { until } from '../support/until.js';
import { anAccountLine, BulkStream, endOf, type SentLine, type ReceivedVerdict } from '../support/bulk.js';
import type { KeyHeaders } from '../support/factories.js';
import { createWorld, type World } from '../support/world.js';

const PATH = '/accounts/bulk';
const MANY = 1_200;
const WINDOW = 500;

let world: World;
let url: string;
let customer: Customer;
let headers: KeyHeaders;

beforeAll(async () => {
  world = await createWorld();
  await world.app.listen(0, '127.0.0.1');
  url = await world.app.getUrl();
});
beforeEach(async () => {
  customer = await world.make.aCustomer({ countryOfResidence: 'US' });
  headers = await world.make.adminHeaders('operator');
});
afterEach(() => jest.restoreAllMocks());
afterAll(() => world.close());

const aLine = (name: string, more: object = {}): object => anAccountLine(customer, name, more);
const many = (count: number): SentLine[] => Array.from({ length: count }, (_, i) => aLine(`many-${i}`));
const accounts = (): Promise<number> => world.count('accounts', `platform_id = ${customer.platformId}`);
const verdictOf = (line: string | null): ReceivedVerdict => JSON.parse(line ?? '') as ReceivedVerdict;

/** As many round trips to the server as show that it reads nothing more by itself. */
async function roundTrips(): Promise<void> {
  for (let i = 0; i < 20; i++) expect((await fetch(`${url}/health/live`)).status).toBe(200);
}

/** No request is being executed. */
async function isIdle(): Promise<boolean> {
  return (await (await fetch(`${url}/metrics`)).text()).includes('\nvostro_requests_in_work 0\n');
}

describe('A bulk call', () => {
  it('answers each line before the next one is sent, when the client waits for it', async () => {
    const stream = new BulkStream(url, PATH, headers);
    for (const number of [1, 2, 3]) {
      stream.send([aLine(`single-${number}`)]);
      expect(verdictOf(await stream.next())).toMatchObject({ line: number, status: 'opened' });
    }
    stream.end();
    expect((await stream.rest()).summary).toMatchObject({ lines: 3, done: 3, isComplete: true });
  });

  it('answers a client that reads nothing before it has sent everything', async () => {
    const stream = new BulkStream(url, PATH, headers);
    stream.send(many(MANY));
    stream.end();
    await until(async () => (await accounts()) >= WINDOW);
    const { verdicts, summary } = await stream.rest();
    expect(verdicts.map(({ line, status }) => [line, status])).toEqual(
      Array.from({ length: MANY }, (_, i) => [i + 1, 'opened']),
    );
    expect([summary?.done, await accounts()]).toEqual([MANY, MANY]);
  });

  it('stops reading while the client takes no verdicts, and resumes when it does', async () => {
    const stream = new BulkStream(url, PATH, headers);
    const thousand = Array.from({ length: 1_000 }, () => JSON.stringify({ pad: 'x'.repeat(2_000) }));
    let sent = 0;
    while (sent < 200_000 && (stream.send(thousand) || (await stream.drains(2_000)))) sent += 1_000;
    // Otherwise the server never applied back-pressure.
    expect(sent).toBeLessThan(50_000);
    stream.end();
    const { verdicts, summary } = await stream.rest();
    expect(summary).toMatchObject({ refused: verdicts.length, isComplete: true });
    expect(verdicts.length).toBeGreaterThanOrEqual(sent);
  }, 120_000);

  it('has a bounded number of lines in progress, and reads further only when the first of them is done', async () => {
    const begun: (() => void)[] = [];
    jest.spyOn(world.app.get(AccountOpeningService), 'open').mockImplementation(
      () =>
        new Promise((_, refuse) =>
          begun.push(() => {
            refuse(new AppError('kyc_not_approved'));
          }),
        ),
    );
    const stream = new BulkStream(url, PATH, headers);
    stream.send(many(MANY));
    stream.end();
    const expectUnderWay = async (count: number): Promise<void> => {
      await until(() => begun.length >= count);
      await roundTrips();
      expect(begun).toHaveLength(count);
    };
    await expectUnderWay(WINDOW);
    for (const end of begun.slice(1)) end();
    await expectUnderWay(WINDOW);
    begun[0]?.();
    await expectUnderWay(2 * WINDOW);
    for (let i = WINDOW; i < MANY; i++) {
      await until(() => begun.length > i);
      begun[i]?.();
    }
    const { verdicts } = await stream.rest();
    expect(verdicts.map(({ line }) => line)).toEqual(Array.from({ length: MANY }, (_, i) => i + 1));
    expect(new Set(verdicts.map(endOf))).toEqual(new Set(['refused kyc_not_approved']));
  });

  it('finishes the lines in progress when the client disconnects, and opens no account twice when all lines are sent again', async () => {
    const lost = new BulkStream(url, PATH, headers);
    lost.send([...many(600), '{"idempotencyKey":"cut o']);
    await lost.next();
    lost.hangUp();
    const before = await accounts();
    expect(before).toBeGreaterThan(0);
    const again = new BulkStream(url, PATH, headers);
    again.send(many(600));
    again.end();
    const { verdicts, summary } = await again.rest();
    expect(new Set(verdicts.map(endOf))).toEqual(new Set(['opened']));
    expect(summary).toMatchObject({ lines: 600, done: 600 });
    expect(summary?.replayed).toBeGreaterThanOrEqual(before);
    expect(await accounts()).toBe(600);
  });

  it('reports lines that failed, which succeed when they are sent again', async () => {
    const open = jest.spyOn(world.app.get(AccountOpeningService), 'open');
    open.mockRejectedValueOnce(new AppError('service_unavailable'));
    const results: string[][] = [];
    for (let i = 0; i < 2; i++) {
      const stream = new BulkStream(url, PATH, headers);
      stream.send([aLine('first-1'), aLine('second-1')]);
      stream.end();
      results.push((await stream.rest()).verdicts.map(endOf));
    }
    expect(results).toEqual([
      ['failed service_unavailable', 'opened'],
      ['opened', 'opened'],
    ]);
  });

  it('is aborted when its client neither sends nor reads for minutes', async () => {
    const calls = jest.replaceProperty(world.app.get(BulkCalls), 'maxIdleMs', 400);
    const stream = new BulkStream(url, PATH, headers);
    // Longer in all than a caller may be idle, and never idle for so long.
    for (let i = 0; i < 8; i++) {
      stream.send([aLine(`busy-${i}`)]);
      expect(verdictOf(await stream.next()).status).toBe('opened');
      await delay(70);
    }
    await expect(stream.next()).rejects.toThrow('aborted');
    calls.restore();
  });

  it('is aborted when all lines were sent and its client reads nothing for minutes', async () => {
    const calls = jest.replaceProperty(world.app.get(BulkCalls), 'maxIdleMs', 1_500);
    const stream = new BulkStream(url, PATH, headers);
    const few = Array.from({ length: 1_000 }, () => '{}');
    for (let i = 0; i < 100; i++) stream.send(few);
    stream.end();
    await until(async () => !(await isIdle()));
    await until(isIdle, { withinMs: 20_000 });
    await expect(stream.rest()).rejects.toThrow('aborted');
    calls.restore();
  });

  it('that is refused as a whole leaves the connection usable', async () => {
    const stream = new BulkStream(url, `${PATH}?atomic=true`, headers);
    const few = Array.from({ length: 1_000 }, () => '{}');
    for (let i = 0; i < 40; i++) stream.send(few);
    stream.end();
    expect(verdictOf(await stream.next())).toMatchObject({ code: 'validation_failed' });
  });
});

describe('A call that takes longer than the time limit', () => {
  it('has its lines answered until then, and is told that the input was not complete', async () => {
    const bulk = world.app.get(StreamedBulk);
    const { maxTotalMs } = bulk;
    bulk.maxTotalMs = 500;
    const stream = new BulkStream(url, PATH, await world.make.adminHeaders('operator'));
    const nobody = { platformId: '1', identifier: 'nobody-here' };
    stream.send([anAccountLine(nobody, 'timely-1')]);
    expect(verdictOf(await stream.next()).status).toBe('refused');
    await new Promise((resolve) => setTimeout(resolve, 600));
    stream.send([anAccountLine(nobody, 'late-1')]);
    const { verdicts, summary } = await stream.rest();
    expect([verdicts, summary]).toMatchObject([[], { lines: 1, isComplete: false }]);
    stream.end();
    bulk.maxTotalMs = maxTotalMs;
  });
});

describe('A server that stops', () => {
  it('answers the lines it has read, and reports that the input was not complete', async () => {
    const stopping = await createWorld();
    await stopping.app.listen(0, '127.0.0.1');
    const nobody = { platformId: '1', identifier: 'nobody-here' };
    const stream = new BulkStream(
      await stopping.app.getUrl(),
      PATH,
      await stopping.make.adminHeaders('operator'),
    );
    stream.send([anAccountLine(nobody, 'first-1')]);
    expect(verdictOf(await stream.next()).status).toBe('refused');
    const closed = stopping.close();
    await until(() => stopping.app.get(Draining).isDraining);
    stream.send([anAccountLine(nobody, 'second-1')]);
    const { verdicts, summary } = await stream.rest();
    expect([verdicts, summary]).toMatchObject([[], { lines: 1, isComplete: false }]);
    stream.end();
    await closed;
  });
});
