import { AppError } from '../shared/app-error.js';
import type { Phase, Stopwatch } from '../shared/stopwatch.js';
import { isRetryable } from './postgres-errors.js';

/** How many wait at most, over all platforms: what comes then is refused at once instead of being served too late. */
const MAX_WAITING = 10_000;
const MAX_WAIT_MS = 20_000;
const MAX_BATCH = 256;

/** What became of one item of a batch; `alone`: nothing yet, it must wait for somebody and would hold up the others. */
export type Outcome<Result> = { result: Result } | { error: unknown } | 'alone';
/** `together`: wait for nobody outside. `alone`: one item, which waits for whatever it needs. */
export type Manner = 'together' | 'alone';

export interface Gathering<Item, Result> {
  /**
   * Does the work of several items at once.
   * @returns their outcomes, in their order; a refusal is an outcome. When it throws, nothing was done for any of them.
   */
  work: (items: readonly Item[], manner: Manner) => Promise<readonly Outcome<Result>[]>;
  platformOf: (item: Item) => string;
  /** Names of what an item must have for itself: two items that share one are never in work at the same time. */
  claimsOf?: (item: Item) => readonly string[];
  /** What an item's time is taken with: it counts its waiting here, and what is left when it is done. */
  watchOf?: (item: Item) => Stopwatch | undefined;
  /** Batches that may be in work at once. */
  lanes?: number;
  maxBatch?: number;
  maxWaiting?: number;
  maxWaitMs?: number;
}

interface Waiting<Item, Result> {
  item: Item;
  claims: readonly string[];
  since: number;
  resolve: (result: Result) => void;
  reject: (error: unknown) => void;
}

/**
 * Gathers what arrives while the batch before is in work, and does it as one: under load the cost of a round trip and
 * of a commit is shared by many, and one alone waits for nobody.
 *
 * Platforms take turns, so that one with many items waiting does not hold up the others. What fails as a batch is
 * tried item by item: one bad item spoils no other.
 */
export class Gatherer<Item, Result> {
  /** By platform, in the order of their arrival. */
  private readonly lines = new Map<string, Set<Waiting<Item, Result>>>();
  /** What items in work have for themselves. */
  private readonly claimed = new Set<string>();
  private waiting = 0;
  private inWork = 0;
  private isDue = false;

  constructor(private readonly gathering: Gathering<Item, Result>) {}

  /**
   * Resolves when the item's batch is done.
   * @throws AppError service_unavailable when too many wait, or this one waited too long; or the item's own error
   */
  async submit(item: Item): Promise<Result> {
    if (this.waiting >= (this.gathering.maxWaiting ?? MAX_WAITING)) throw new AppError('service_unavailable');
    this.lap(item, 'validate');
    return new Promise<Result>((resolve, reject) => {
      const claims = this.gathering.claimsOf?.(item) ?? [];
      const line = this.lineOf(this.gathering.platformOf(item));
      line.add({ item, claims, since: performance.now(), resolve, reject });
      this.waiting += 1;
      this.begin();
    });
  }

  private lineOf(platformId: string): Set<Waiting<Item, Result>> {
    const known = this.lines.get(platformId);
    if (known !== undefined) return known;
    const line = new Set<Waiting<Item, Result>>();
    this.lines.set(platformId, line);
    return line;
  }

  /** Not at once: whatever arrived in the same turn of the event loop goes along. */
  private begin(): void {
    if (this.isDue || this.inWork >= (this.gathering.lanes ?? 1)) return;
    this.isDue = true;
    setImmediate(() => {
      this.isDue = false;
      this.fillLanes();
    });
  }

  private fillLanes(): void {
    while (this.inWork < (this.gathering.lanes ?? 1)) {
      const batch = this.pick();
      if (batch.length === 0) return;
      this.inWork += 1;
      void this.together(batch).then(() => {
        this.inWork -= 1;
        this.fillLanes();
      });
    }
  }

  /** One of each platform in turn, until the batch is full; whoever was first is last the next time. */
  private pick(): Waiting<Item, Result>[] {
    const picked: Waiting<Item, Result>[] = [];
    const max = this.gathering.maxBatch ?? MAX_BATCH;
    let turns = [...this.lines.values()].map((line) => ({ line, next: line.values() }));
    while (turns.length > 0 && picked.length < max) {
      turns = turns.filter(({ line, next }) => {
        const free = picked.length < max ? this.takeFree(line, next) : undefined;
        if (free !== undefined) picked.push(free);
        return free !== undefined;
      });
    }
    this.turnLines();
    return picked;
  }

  private takeFree(
    line: Set<Waiting<Item, Result>>,
    next: Iterator<Waiting<Item, Result>>,
  ): Waiting<Item, Result> | undefined {
    for (let at = next.next(); at.done !== true; at = next.next()) {
      const waiting = at.value;
      if (performance.now() - waiting.since > (this.gathering.maxWaitMs ?? MAX_WAIT_MS)) {
        this.leave(line, waiting);
        waiting.reject(new AppError('service_unavailable'));
      } else if (!waiting.claims.some((claim) => this.claimed.has(claim))) {
        for (const claim of waiting.claims) this.claimed.add(claim);
        this.lap(waiting.item, 'queue');
        this.leave(line, waiting);
        return waiting;
      }
    }
    return undefined;
  }

  private leave(line: Set<Waiting<Item, Result>>, waiting: Waiting<Item, Result>): void {
    line.delete(waiting);
    this.waiting -= 1;
  }

  private turnLines(): void {
    const [first] = this.lines;
    if (first === undefined) return;
    const [platformId, line] = first;
    this.lines.delete(platformId);
    if (line.size > 0) this.lines.set(platformId, line);
  }

  private async together(batch: readonly Waiting<Item, Result>[]): Promise<void> {
    const outcomes = await this.attempt(batch, 'together');
    batch.forEach((waiting, index) => {
      if (outcomes[index] === 'alone') void this.alone(waiting);
      else this.settle(waiting, outcomes[index]);
    });
  }

  private async alone(waiting: Waiting<Item, Result>): Promise<void> {
    const [outcome] = await this.attempt([waiting], 'alone');
    this.settle(waiting, outcome);
  }

  private async attempt(
    batch: readonly Waiting<Item, Result>[],
    manner: Manner,
  ): Promise<readonly Outcome<Result>[]> {
    try {
      return await this.gathering.work(
        batch.map(({ item }) => item),
        manner,
      );
    } catch (error) {
      return batch.map(() => (manner === 'alone' || isEverybodys(error) ? { error } : 'alone'));
    }
  }

  private lap(item: Item, phase: Phase): void {
    this.gathering.watchOf?.(item)?.lap(phase);
  }

  private settle(waiting: Waiting<Item, Result>, outcome: Outcome<Result> | undefined): void {
    for (const claim of waiting.claims) this.claimed.delete(claim);
    this.lap(waiting.item, 'commit');
    if (waiting.claims.length > 0) this.begin();
    try {
      waiting.resolve(resultOf(outcome));
    } catch (error) {
      waiting.reject(error);
    }
  }
}

/** What became of an item that was alone. @throws its error */
export function resultOf<Result>(outcome: Outcome<Result> | undefined): Result {
  if (outcome === undefined) throw new Error('a batch without an outcome for each item');
  if (outcome === 'alone') throw new Error('nobody is there to leave it to');
  if ('error' in outcome) throw outcome.error;
  return outcome.result;
}

/** What would befall each of them alone too, one after the other. */
function isEverybodys(error: unknown): boolean {
  return error instanceof AppError && error.code === 'service_unavailable' && !isRetryable(error.cause);
}
