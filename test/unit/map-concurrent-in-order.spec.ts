import { setImmediate as soon } from 'node:timers/promises';
import { mapConcurrentInOrder } from '../../src/concurrency/map-concurrent-in-order.js';
import { KeyedMutex } from '../../src/concurrency/keyed-mutex.js';

/** Work that ends when the test ends it. */
class Bench {
  readonly begun: number[] = [];
  private readonly ends = new Map<number, { resolve(text: string): void; reject(error: Error): void }>();

  readonly work = (item: number): Promise<string> => {
    this.begun.push(item);
    return new Promise((resolve, reject) => this.ends.set(item, { resolve, reject }));
  };

  async end(...items: number[]): Promise<void> {
    for (const item of items) this.ends.get(item)?.resolve(`done ${item}`);
    await soon();
  }

  async fail(item: number): Promise<void> {
    this.ends.get(item)?.reject(new Error(`failed ${item}`));
    await soon();
  }
}

async function* upTo(count: number, then: () => Promise<void> = () => Promise.resolve()) {
  for (let item = 1; item <= count; item++) yield item;
  await then();
}

const never = (): Promise<void> => new Promise(() => undefined);
const breakOff = (): Promise<void> => Promise.reject(new Error('broken off'));

describe('mapConcurrentInOrder', () => {
  it('yields the results done at the head, and holds back those done behind an unfinished item', async () => {
    const bench = new Bench();
    const results = mapConcurrentInOrder(upTo(4), bench.work, 10);
    const first = results.next();
    await soon();
    await bench.end(2, 3);
    await bench.end(1);
    expect(await first).toEqual({ done: false, value: ['done 1', 'done 2', 'done 3'] });
    const last = results.next();
    await bench.end(4);
    expect([await last, await results.next()]).toEqual([
      { done: false, value: ['done 4'] },
      { done: true, value: undefined },
    ]);
  });

  it('runs at most the given number of items, and pulls none while results are not consumed', async () => {
    const bench = new Bench();
    const results = mapConcurrentInOrder(upTo(9), bench.work, 3);
    const first = results.next();
    await soon();
    expect(bench.begun).toEqual([1, 2, 3]);
    await bench.end(3, 2);
    expect(bench.begun).toEqual([1, 2, 3]);
    await bench.end(1);
    expect((await first).value).toHaveLength(3);
    await soon();
    expect(bench.begun).toEqual([1, 2, 3]);
    const second = results.next();
    await soon();
    expect(bench.begun).toEqual([1, 2, 3, 4, 5, 6]);
    await bench.end(4, 5, 6);
    expect((await second).value).toEqual(['done 4', 'done 5', 'done 6']);
    await results.return(undefined);
  });

  it('yields results while the next item is not yet available', async () => {
    const bench = new Bench();
    const results = mapConcurrentInOrder(upTo(1, never), bench.work, 3);
    const first = results.next();
    await soon();
    await bench.end(1);
    expect((await first).value).toEqual(['done 1']);
  });

  it('reports a failure of the source after the results of the items before it', async () => {
    const bench = new Bench();
    const results = mapConcurrentInOrder(upTo(2, breakOff), bench.work, 3);
    const first = results.next();
    await soon();
    await bench.end(1, 2);
    expect((await first).value).toEqual(['done 1', 'done 2']);
    await expect(results.next()).rejects.toThrow('broken off');
  });

  it('reports a failure of an item after the results before it, once no item is running', async () => {
    const bench = new Bench();
    const results = mapConcurrentInOrder(upTo(3), bench.work, 3);
    const first = results.next();
    await soon();
    await bench.fail(2);
    await bench.end(1);
    expect((await first).value).toEqual(['done 1']);
    let failure = '';
    const failed = results.next().catch((error: unknown) => (failure = (error as Error).message));
    await soon();
    expect(failure).toBe('');
    await bench.end(3);
    await failed;
    expect(failure).toBe('failed 2');
  });

  it('awaits running items when the consumer stops', async () => {
    const bench = new Bench();
    const results = mapConcurrentInOrder(upTo(9), bench.work, 2);
    const first = results.next();
    await soon();
    await bench.end(1);
    await first;
    let isOver = false;
    const over = results.return(undefined).then(() => (isOver = true));
    await soon();
    expect(isOver).toBe(false);
    await bench.end(2);
    await over;
    expect(bench.begun).toEqual([1, 2]);
  });
});

describe('The keyed mutex', () => {
  it('runs tasks with a common key one after the other, and the rest concurrently', async () => {
    const mutex = new KeyedMutex();
    const bench = new Bench();
    const all = [
      mutex.runExclusive(['a'], () => bench.work(1)),
      mutex.runExclusive(['a', 'b'], () => bench.work(2)),
      mutex.runExclusive(['b'], () => bench.work(3)),
      mutex.runExclusive(['c'], () => bench.work(4)),
    ];
    await soon();
    expect(bench.begun).toEqual([1, 4]);
    await bench.end(1);
    expect(bench.begun).toEqual([1, 4, 2]);
    await bench.end(2);
    await bench.end(3, 4);
    expect(await Promise.all(all)).toEqual(['done 1', 'done 2', 'done 3', 'done 4']);
  });

  it('continues after a failure, and forgets finished tasks', async () => {
    const mutex = new KeyedMutex();
    const failed = mutex.runExclusive(['a'], () => Promise.reject(new Error('no')));
    const next = mutex.runExclusive(['a'], () => Promise.resolve('yes'));
    await expect(failed).rejects.toThrow('no');
    expect(await next).toBe('yes');
    expect(mutex).toMatchObject({ last: new Map() });
  });
});
