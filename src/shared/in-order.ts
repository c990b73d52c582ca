interface UnderWay<Result> {
  state: 'begun' | 'done' | 'failed';
  result: Promise<Result>;
  /** Resolves when the result is there, also when it is a failure. */
  ended: Promise<null>;
}

/**
 * Works on many items side by side, and hands out what became of them in the order of the items: all that is done at
 * the head of the line at once, and nothing while nobody takes it. Items are asked for one at a time, each only when
 * there is room for it.
 * @param most items under way at once
 * @throws what `items` throws, after the results of all before it, or what `work` throws. Nothing is under way then.
 */
export async function* inOrder<Item, Result>(
  items: AsyncIterable<Item>,
  work: (item: Item) => Promise<Result>,
  most: number,
): AsyncGenerator<Result[]> {
  const source = new Source(items);
  const line: UnderWay<Result>[] = [];
  try {
    while (source.isOpen || line.length > 0) {
      const next = source.isOpen && line.length < most ? [source.next()] : [];
      const arrived = await Promise.race([...next, ...line.slice(0, 1).map(({ ended }) => ended)]);
      if (arrived === null) yield await takeEnded(line);
      else line.push(...source.take(arrived).map((item) => begin(work(item))));
    }
    source.assertWhole();
  } finally {
    await Promise.all(line.map(({ ended }) => ended));
    await source.close();
  }
}

type Arrival<Item> = { value: Item } | { failure: unknown } | 'end';

/** Items that come one at a time. That they break off is told when all before was dealt with. */
class Source<Item> {
  isOpen = true;
  private readonly items: AsyncIterator<Item>;
  private coming: Promise<Arrival<Item>> | null = null;
  private failure: { cause: unknown } | null = null;

  constructor(items: AsyncIterable<Item>) {
    this.items = items[Symbol.asyncIterator]();
  }

  /** The same promise until it is taken: an item that is long in coming is asked for once. */
  next(): Promise<Arrival<Item>> {
    return (this.coming ??= this.items.next().then(
      (result): Arrival<Item> => (result.done === true ? 'end' : { value: result.value }),
      (failure: unknown) => ({ failure }),
    ));
  }

  /** The item that arrived, unless it was the end. */
  take(arrival: Arrival<Item>): Item[] {
    this.coming = null;
    if (arrival !== 'end' && 'value' in arrival) return [arrival.value];
    this.isOpen = false;
    if (arrival !== 'end') this.failure = { cause: arrival.failure };
    return [];
  }

  assertWhole(): void {
    if (this.failure !== null) throw this.failure.cause;
  }

  /** For whoever ends before the items do. */
  async close(): Promise<void> {
    if (this.isOpen) await this.items.return?.();
  }
}

function begin<Result>(result: Promise<Result>): UnderWay<Result> {
  const end = (state: 'done' | 'failed') => (): null => {
    begun.state = state;
    return null;
  };
  const begun: UnderWay<Result> = { state: 'begun', result, ended: result.then(end('done'), end('failed')) };
  return begun;
}

/** All that is done at the head of the line; a failure comes alone, so that it takes no result with it. */
async function takeEnded<Result>(line: UnderWay<Result>[]): Promise<Result[]> {
  const behind = line.findIndex(({ state }) => state !== 'done');
  const ended = line.splice(0, behind === -1 ? line.length : Math.max(1, behind));
  return Promise.all(ended.map(({ result }) => result));
}
