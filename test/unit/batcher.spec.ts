import {
  Batcher,
  type BatchOptions,
  type LockMode,
  type BatchOutcome,
} from '../../src/concurrency/batcher.js';
import { AppError } from '../../src/shared/app-error.js';

interface Item {
  name: string;
  platformId: string;
  exclusiveKeys?: string[];
}

const item = (name: string, with_: Partial<Item> = {}): Item => ({ name, platformId: '1', ...with_ });
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const turns = async (): Promise<void> => {
  for (let i = 0; i < 5; i++) await turn();
};

/** Holds every batch until the test ends it. */
class Workshop {
  readonly batches: {
    names: string;
    lockMode: LockMode;
    end: (outcomes?: BatchOutcome<string>[]) => void;
    fail: (error: Error) => void;
  }[] = [];
  readonly batcher: Batcher<Item, string>;

  constructor(with_: Partial<BatchOptions<Item, string>> = {}) {
    this.batcher = new Batcher<Item, string>({
      execute: (items, lockMode) =>
        new Promise((resolve, reject) => {
          const names = items.map(({ name }) => name);
          const done = names.map((name) => ({ result: `${name} done` }));
          this.batches.push({
            names: names.join(' '),
            lockMode,
            fail: reject,
            end: (outcomes = done) => {
              resolve(outcomes);
            },
          });
        }),
      queueOf: ({ platformId }) => platformId,
      exclusiveKeysOf: ({ exclusiveKeys = [] }) => exclusiveKeys,
      ...with_,
    });
  }

  submit(...items: Item[]): Promise<string>[] {
    return items.map((one) => this.batcher.submit(one));
  }

  async next(): Promise<(typeof this.batches)[number]> {
    await turns();
    const batch = this.batches.shift();
    if (batch === undefined) throw new Error('nothing is in work');
    return batch;
  }
}

describe('The batcher', () => {
  it('executes items that arrive during a batch as the next batch', async () => {
    const shop = new Workshop();
    const all = shop.submit(item('a'));
    const first = await shop.next();
    all.push(...shop.submit(item('b'), item('c')));
    await turns();
    expect(shop.batches).toEqual([]);
    first.end();
    const second = await shop.next();
    expect([first.names, second.names]).toEqual(['a', 'b c']);
    second.end();
    expect(await Promise.all(all)).toEqual(['a done', 'b done', 'c done']);
  });

  it('returns a result or error of its own for each item', async () => {
    const shop = new Workshop();
    const [good, bad] = shop.submit(item('good'), item('bad'));
    (await shop.next()).end([{ result: 'good done' }, { error: new AppError('account_exists') }]);
    expect(await good).toBe('good done');
    await expect(bad).rejects.toMatchObject({ code: 'account_exists' });
  });

  it('serves queues round robin, so that a long queue delays no other', async () => {
    const shop = new Workshop({ maxBatch: 4 });
    const all = shop.submit(item('first'));
    const first = await shop.next();
    const many = Array.from({ length: 6 }, (_, index) => item(`a${index}`));
    all.push(...shop.submit(...many, item('b0', { platformId: '2' }), item('c0', { platformId: '3' })));
    first.end();
    const second = await shop.next();
    expect(second.names.split(' ').sort()).toEqual(['a0', 'a1', 'b0', 'c0']);
    second.end();
    const third = await shop.next();
    expect(third.names).toBe('a2 a3 a4 a5');
    third.end();
    await Promise.all(all);
  });

  it('never executes two items with a common exclusive key at the same time, and keeps their order', async () => {
    const shop = new Workshop();
    const all = shop.submit(
      item('x1', { exclusiveKeys: ['x'] }),
      item('x2', { exclusiveKeys: ['x'] }),
      item('y', { exclusiveKeys: ['y'] }),
    );
    const first = await shop.next();
    expect(first.names).toBe('x1 y');
    first.end();
    const second = await shop.next();
    expect(second.names).toBe('x2');
    second.end();
    await Promise.all(all);
  });

  it('retries items singly when their batch throws, so that one bad item fails no other', async () => {
    const shop = new Workshop();
    const [good, bad] = shop.submit(item('good'), item('bad'));
    const settled = Promise.allSettled([good, bad]);
    (await shop.next()).fail(new Error('duplicate key'));
    const alone = [await shop.next(), await shop.next()];
    expect(alone.map(({ names, lockMode }) => [names, lockMode])).toEqual([
      ['good', 'wait'],
      ['bad', 'wait'],
    ]);
    alone[0]?.end();
    alone[1]?.fail(new Error('duplicate key'));
    expect(await settled).toMatchObject([
      { status: 'fulfilled', value: 'good done' },
      { status: 'rejected', reason: { message: 'duplicate key' } },
    ]);
  });

  it('retries an item singly when it must wait, and executes other items meanwhile', async () => {
    const shop = new Workshop();
    const [stuck, free] = shop.submit(item('stuck', { exclusiveKeys: ['s'] }), item('free'));
    (await shop.next()).end(['retrySingly', { result: 'free done' }]);
    expect(await free).toBe('free done');
    const alone = await shop.next();
    const [later, twin] = shop.submit(item('later'), item('twin', { exclusiveKeys: ['s'] }));
    const next = await shop.next();
    expect([alone.names, alone.lockMode, next.names]).toEqual(['stuck', 'wait', 'later']);
    next.end();
    alone.end();
    expect(await Promise.all([stuck, later])).toEqual(['stuck done', 'later done']);
    (await shop.next()).end();
    expect(await twin).toBe('twin done');
  });

  it('does not retry items singly when the database is unavailable', async () => {
    const shop = new Workshop();
    const all = Promise.allSettled(shop.submit(item('a'), item('b')));
    (await shop.next()).fail(new AppError('service_unavailable', {}, { cause: new Error('ECONNREFUSED') }));
    const away = { status: 'rejected', reason: { code: 'service_unavailable' } };
    expect(await all).toMatchObject([away, away]);
    expect(shop.batches).toEqual([]);
  });

  it('rejects an item at once when the queue is full', async () => {
    const shop = new Workshop({ maxWaiting: 2 });
    const all = shop.submit(item('a'));
    const first = await shop.next();
    all.push(...shop.submit(item('b'), item('c')));
    await expect(shop.batcher.submit(item('d'))).rejects.toMatchObject({ code: 'service_unavailable' });
    first.end();
    (await shop.next()).end();
    await Promise.all(all);
  });

  it('rejects an item that waited longer than the maximum', async () => {
    const shop = new Workshop({ maxWaitMs: 20 });
    const [kept] = shop.submit(item('a'));
    const first = await shop.next();
    const late = Promise.allSettled(shop.submit(item('b')));
    await new Promise((resolve) => setTimeout(resolve, 30));
    first.end();
    expect(await kept).toBe('a done');
    expect(await late).toMatchObject([{ status: 'rejected', reason: { code: 'service_unavailable' } }]);
    expect(shop.batches).toEqual([]);
  });
});
