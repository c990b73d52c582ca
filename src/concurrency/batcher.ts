import { AppError, ContentionError } from '../shared/app-error.js';
import type { Phase, Stopwatch } from '../shared/stopwatch.js';

/** Items waiting in all queues. Above it `submit` rejects at once: they would be executed too late to be useful. */
const MAX_WAITING = 10_000;
const MAX_WAIT_MS = 20_000;
const MAX_BATCH = 256;

/**
 * The outcome of one item of a batch. `retrySingly`: not executed, for instance because another transaction holds a
 * row lock that it needs; the batcher executes it again as a batch of one, with the lock mode `wait`.
 */
export type BatchOutcome<Result> = { result: Result } | { error: unknown } | 'retrySingly';

/**
 * `skipLocked`: a batch, which skips rows that other transactions have locked. `wait`: a single item, which waits for
 * row locks.
 */
export type LockMode = 'skipLocked' | 'wait';

export interface BatchOptions<Item, Result> {
  /**
   * Executes a batch.
   * @returns one outcome for each item, in the order of the items; a refusal is an outcome. A throw means that no item
   *   had any effect.
   */
  execute: (items: readonly Item[], lockMode: LockMode) => Promise<readonly BatchOutcome<Result>[]>;
  /** The queue that an item waits in, usually its platform. Queues are served round robin. */
  queueOf: (item: Item) => string;
  /** Mutual-exclusion keys: two items with a key in common are never executed at the same time. */
  exclusiveKeysOf?: (item: Item) => readonly string[];
  /** The item's stopwatch, on which the phases `validate`, `queue` and `commit` are recorded. */
  stopwatchOf?: (item: Item) => Stopwatch | undefined;
  /** Batches executed at the same time; 1 by default. */
  concurrency?: number;
  maxBatch?: number;
  maxWaiting?: number;
  maxWaitMs?: number;
}

interface Waiting<Item, Result> {
  item: Item;
  exclusiveKeys: readonly string[];
  since: number;
  resolve: (result: Result) => void;
  reject: (error: unknown) => void;
}

/**
 * A fair, bounded micro-batcher. Items submitted while a batch is executed form the next batch, so under load one round
 * trip and one commit serve many items; without load an item is executed at once, as a batch of one.
 *
 * Each batch takes one item of each queue in turn (round robin), so a platform with many waiting items does not delay
 * the rest. When a batch throws, its items are retried singly, so one bad item fails no other.
 */
export class Batcher<Item, Result> {
  /** In the order in which they are served. */
  private readonly queues = new Map<string, Set<Waiting<Item, Result>>>();
  /** Exclusive keys of the items being executed. */
  private readonly heldKeys = new Set<string>();
  private waiting = 0;
  private runningBatches = 0;
  private isScheduled = false;

  constructor(private readonly options: BatchOptions<Item, Result>) {}

  /**
   * Resolves to the item's result when its batch has been executed.
   * @throws AppError service_unavailable when the queues are full or the item waited too long; or the item's own error
   */
  async submit(item: Item): Promise<Result> {
    if (this.waiting >= (this.options.maxWaiting ?? MAX_WAITING)) throw new AppError('service_unavailable');
    this.lap(item, 'validate');
    return new Promise<Result>((resolve, reject) => {
      const exclusiveKeys = this.options.exclusiveKeysOf?.(item) ?? [];
      const queue = this.queueNamed(this.options.queueOf(item));
      queue.add({ item, exclusiveKeys, since: performance.now(), resolve, reject });
      this.waiting += 1;
      this.schedule();
    });
  }

  private queueNamed(name: string): Set<Waiting<Item, Result>> {
    const existing = this.queues.get(name);
    if (existing !== undefined) return existing;
    const queue = new Set<Waiting<Item, Result>>();
    this.queues.set(name, queue);
    return queue;
  }

  /** Deferred to the end of the event loop's turn, so that items submitted in the same turn share a batch. */
  private schedule(): void {
    if (this.isScheduled || this.runningBatches >= (this.options.concurrency ?? 1)) return;
    this.isScheduled = true;
    setImmediate(() => {
      this.isScheduled = false;
      this.startBatches();
    });
  }

  private startBatches(): void {
    while (this.runningBatches < (this.options.concurrency ?? 1)) {
      const batch = this.nextBatch();
      if (batch.length === 0) return;
      this.runningBatches += 1;
      void this.runBatch(batch).then(() => {
        this.runningBatches -= 1;
        this.startBatches();
      });
    }
  }

  /** One item of each queue in turn until the batch is full. The next batch begins with the second queue. */
  private nextBatch(): Waiting<Item, Result>[] {
    const picked: Waiting<Item, Result>[] = [];
    const max = this.options.maxBatch ?? MAX_BATCH;
    let turns = [...this.queues.values()].map((queue) => ({ queue, next: queue.values() }));
    while (turns.length > 0 && picked.length < max) {
      turns = turns.filter(({ queue, next }) => {
        const free = picked.length < max ? this.takeFree(queue, next) : undefined;
        if (free !== undefined) picked.push(free);
        return free !== undefined;
      });
    }
    this.rotateQueues();
    return picked;
  }

  /** The next item of the queue whose exclusive keys are free; rejects items that have waited too long. */
  private takeFree(
    queue: Set<Waiting<Item, Result>>,
    next: Iterator<Waiting<Item, Result>>,
  ): Waiting<Item, Result> | undefined {
    for (let at = next.next(); at.done !== true; at = next.next()) {
      const waiting = at.value;
      if (performance.now() - waiting.since > (this.options.maxWaitMs ?? MAX_WAIT_MS)) {
        this.dequeue(queue, waiting);
        waiting.reject(new AppError('service_unavailable'));
      } else if (!waiting.exclusiveKeys.some((key) => this.heldKeys.has(key))) {
        for (const key of waiting.exclusiveKeys) this.heldKeys.add(key);
        this.lap(waiting.item, 'queue');
        this.dequeue(queue, waiting);
        return waiting;
      }
    }
    return undefined;
  }

  private dequeue(queue: Set<Waiting<Item, Result>>, waiting: Waiting<Item, Result>): void {
    queue.delete(waiting);
    this.waiting -= 1;
  }

  private rotateQueues(): void {
    const [first] = this.queues;
    if (first === undefined) return;
    const [name, queue] = first;
    this.queues.delete(name);
    if (queue.size > 0) this.queues.set(name, queue);
  }

  private async runBatch(batch: readonly Waiting<Item, Result>[]): Promise<void> {
    const outcomes = await this.attempt(batch, 'skipLocked');
    batch.forEach((waiting, index) => {
      if (outcomes[index] === 'retrySingly') void this.retrySingly(waiting);
      else this.settle(waiting, outcomes[index]);
    });
  }

  private async retrySingly(waiting: Waiting<Item, Result>): Promise<void> {
    const [outcome] = await this.attempt([waiting], 'wait');
    this.settle(waiting, outcome);
  }

  private async attempt(
    batch: readonly Waiting<Item, Result>[],
    lockMode: LockMode,
  ): Promise<readonly BatchOutcome<Result>[]> {
    try {
      return await this.options.execute(
        batch.map(({ item }) => item),
        lockMode,
      );
    } catch (error) {
      return batch.map(() => (lockMode === 'wait' || isOutage(error) ? { error } : 'retrySingly'));
    }
  }

  private lap(item: Item, phase: Phase): void {
    this.options.stopwatchOf?.(item)?.lap(phase);
  }

  private settle(waiting: Waiting<Item, Result>, outcome: BatchOutcome<Result> | undefined): void {
    for (const key of waiting.exclusiveKeys) this.heldKeys.delete(key);
    this.lap(waiting.item, 'commit');
    if (waiting.exclusiveKeys.length > 0) this.schedule();
    try {
      waiting.resolve(resultOf(outcome));
    } catch (error) {
      waiting.reject(error);
    }
  }
}

/** The result of an item that was executed with the lock mode `wait`. @throws the item's error */
export function resultOf<Result>(outcome: BatchOutcome<Result> | undefined): Result {
  if (outcome === undefined) throw new Error('the batch returned no outcome for an item');
  if (outcome === 'retrySingly') throw new Error('an item that waits for locks cannot be retried singly');
  if ('error' in outcome) throw outcome.error;
  return outcome.result;
}

/** Each item would fail in the same way, one after the other: the batch is not retried. */
function isOutage(error: unknown): boolean {
  return (
    error instanceof AppError && error.code === 'service_unavailable' && !(error instanceof ContentionError)
  );
}
