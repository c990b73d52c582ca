interface Running<Result> {
  state: 'running' | 'done' | 'failed';
  result: Promise<Result>;
  /** Resolves when the item has completed or failed. */
  ended: Promise<null>;
}

/**
 * Maps an async iterable concurrently and yields the results in the order of the items, as many as are complete at
 * the head. An item is pulled only when fewer than `concurrency` are running, so a slow consumer slows the source down.
 * @param concurrency items running at the same time, including results that were not consumed yet
 * @throws what `items` throws, after the results of all items before it, or what `work` throws; no item is running then
 */
export async function* mapConcurrentInOrder<Item, Result>(
  items: AsyncIterable<Item>,
  work: (item: Item) => Promise<Result>,
  concurrency: number,
): AsyncGenerator<Result[]> {
  const source = new Source(items);
  const queue: Running<Result>[] = [];
  try {
    while (source.isOpen || queue.length > 0) {
      const next = source.isOpen && queue.length < concurrency ? [source.next()] : [];
      const arrived = await Promise.race([...next, ...queue.slice(0, 1).map(({ ended }) => ended)]);
      if (arrived === null) yield await takeEnded(queue);
      else queue.push(...source.take(arrived).map((item) => begin(work(item))));
    }
    source.assertWhole();
  } finally {
    await Promise.all(queue.map(({ ended }) => ended));
    await source.close();
  }
}

type Arrival<Item> = { value: Item } | { failure: unknown } | 'end';

/** Pulls one item at a time. An error of the source is kept until all items before it have completed. */
class Source<Item> {
  isOpen = true;
  private readonly items: AsyncIterator<Item>;
  private coming: Promise<Arrival<Item>> | null = null;
  private failure: { cause: unknown } | null = null;

  constructor(items: AsyncIterable<Item>) {
    this.items = items[Symbol.asyncIterator]();
  }

  /** The same promise until it is taken, so that a slow item is pulled once. */
  next(): Promise<Arrival<Item>> {
    return (this.coming ??= this.items.next().then(
      (result): Arrival<Item> => (result.done === true ? 'end' : { value: result.value }),
      (failure: unknown) => ({ failure }),
    ));
  }

  /** The item, or nothing at the end of the source. */
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

  /** Ends the source when the consumer stops before it. */
  async close(): Promise<void> {
    if (this.isOpen) await this.items.return?.();
  }
}

function begin<Result>(result: Promise<Result>): Running<Result> {
  const end = (state: 'done' | 'failed') => (): null => {
    begun.state = state;
    return null;
  };
  const begun: Running<Result> = { state: 'running', result, ended: result.then(end('done'), end('failed')) };
  return begun;
}

/** The completed items at the head; a failed one is taken alone, so that no result before it is lost. */
async function takeEnded<Result>(queue: Running<Result>[]): Promise<Result[]> {
  const behind = queue.findIndex(({ state }) => state !== 'done');
  const ended = queue.splice(0, behind === -1 ? queue.length : Math.max(1, behind));
  return Promise.all(ended.map(({ result }) => result));
}
