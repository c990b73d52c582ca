import { Injectable } from '@nestjs/common';
import { ClaimLost } from '../../../idempotency/idempotency.service.js';
import { IdempotentLines } from '../../../idempotency/idempotent-lines.service.js';
import { AppError, DECISIONS } from '../../../shared/app-error.js';
import { BatchRefused } from '../../../shared/batch-refused.js';
import { mapConcurrentInOrder } from '../../../concurrency/map-concurrent-in-order.js';
import { isBlank, type Line, readLines } from '../../../shared/lines.js';
import type { BulkCall } from './bulk-call.decorator.js';
import type { Claimed, LineKind } from './line-kind.js';
import { LineReader, type Order, type Read } from './line-reader.service.js';
import { isDone, type LineVerdict, BulkCounts, toLine, toStoredVerdict } from './line-verdict.js';

export const MAX_ATOMIC_LINES = 10_000;
const MAX_ATOMIC_BYTES = 16 * 1024 * 1024;
/** Lines that are validated concurrently; validation includes database lookups. */
const READ_AT_ONCE = 100;
/** Attempts for a call that loses an idempotency claim to a concurrent call with the same lines. */
const MAX_ATTEMPTS = 3;

export interface AtomicAnswer {
  isDone: boolean;
  /** Verdicts and summary, as NDJSON. */
  text: string;
}

/** State of one atomic call in progress. */
interface Run<What, View> {
  kind: LineKind<What, View>;
  bulk: BulkCall;
  reads: readonly Read<What>[];
  /** By the index of the line in `reads`. */
  verdicts: Map<number, LineVerdict>;
}

/** An order, with the index of its line in `reads`. */
type Placed<What> = Order<What> & { place: number };

/** All lines or none: reads the whole body, executes all lines in one transaction, and then answers. */
@Injectable()
export class AtomicBulk {
  constructor(
    private readonly idempotentLines: IdempotentLines,
    private readonly reader: LineReader,
  ) {}

  /** @throws AppError validation_failed for too many lines, service_unavailable */
  async answer<What, View>(kind: LineKind<What, View>, bulk: BulkCall): Promise<AtomicAnswer> {
    const reads = await this.readAll(kind, bulk);
    const verdicts = await this.decide({ kind, bulk, reads });
    const tally = new BulkCounts();
    for (const verdict of verdicts) tally.count(verdict);
    const told = bulk.isQuiet ? verdicts.filter((verdict) => !isDone(verdict)) : verdicts;
    return { isDone: verdicts.every(isDone), text: told.map(toLine).join('') + tally.toLine(true) };
  }

  private async readAll<What, View>(kind: LineKind<What, View>, bulk: BulkCall): Promise<Read<What>[]> {
    const reads: Read<What>[] = [];
    const read = (line: Line): Promise<Read<What>> => this.reader.read(kind, bulk.call, line);
    for await (const some of mapConcurrentInOrder(linesWithinLimits(bulk.chunks), read, READ_AT_ONCE))
      reads.push(...some);
    return reads;
  }

  /** A verdict for each line. */
  private async decide<What, View>(run: Omit<Run<What, View>, 'verdicts'>): Promise<LineVerdict[]> {
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
      const verdicts = new Map<number, LineVerdict>();
      try {
        await this.attempt({ ...run, verdicts });
        return run.reads.map((_, place) => verdicts.get(place) as LineVerdict);
      } catch (error) {
        // A concurrent call has executed the same line. The next attempt finds its stored response.
        if (!(error instanceof ClaimLost)) throw error;
      }
    }
    throw new AppError('service_unavailable');
  }

  private async attempt<What, View>(run: Run<What, View>): Promise<void> {
    const { verdicts, reads } = run;
    for (const [place, read] of reads.entries()) if ('verdict' in read) verdicts.set(place, read.verdict);
    const { firsts, repeats } = this.sortOut(run);
    const open = await this.withoutKnown(run, firsts);
    if (open.length > 0 && [...verdicts.values()].every(isDone)) await this.doAll(run, open);
    for (const { place, line, request } of open)
      if (!verdicts.has(place)) verdicts.set(place, notDone(line, request.key));
    for (const [place, [first, line]] of repeats) {
      const verdict = verdicts.get(first) as LineVerdict;
      verdicts.set(place, { ...verdict, line, isReplayed: isDone(verdict) });
    }
  }

  /** The first order of each idempotency key, and the lines that repeat it (by index, with the index of the first). */
  private sortOut<What, View>({ reads, verdicts, bulk }: Run<What, View>) {
    const firsts = new Map<string, Placed<What>>();
    const repeats = new Map<number, [first: number, line: number]>();
    for (const [place, read] of reads.entries()) {
      if ('verdict' in read) continue;
      const { line, request } = read;
      const first = firsts.get(request.key);
      if (first === undefined) firsts.set(request.key, { ...read, place });
      else if (first.request.fingerprint.equals(request.fingerprint)) repeats.set(place, [first.place, line]);
      else verdicts.set(place, this.reused(line, request.key, bulk));
    }
    return { firsts: [...firsts.values()], repeats };
  }

  /** The orders without a stored response. A stored response becomes the verdict of its line. */
  private async withoutKnown<What, View>(
    { verdicts, bulk }: Run<What, View>,
    orders: Placed<What>[],
  ): Promise<Placed<What>[]> {
    const answers = await this.idempotentLines.findAll(orders.map(({ request }) => request));
    return orders.filter(({ place, line, request: { key } }, index) => {
      const answer = answers[index] ?? null;
      if (answer === null) return true;
      verdicts.set(
        place,
        answer instanceof AppError ? this.reused(line, key, bulk) : { line, key, ...answer },
      );
      return false;
    });
  }

  private async doAll<What, View>(run: Run<What, View>, orders: readonly Placed<What>[]): Promise<void> {
    const { kind, verdicts } = run;
    const storedResponse = (order: What, view: View): string =>
      toStoredVerdict(kind.done, { [kind.member]: kind.present(view, order) });
    const batch = orders.map(({ order, request }): Claimed<What, View> => ({
      order,
      claim: { ...request, storedResponseOf: (view) => storedResponse(order, view) },
    }));
    try {
      const views = await kind.doAll(batch);
      for (const [index, { place, line, order, request }] of orders.entries())
        verdicts.set(place, {
          line,
          key: request.key,
          isReplayed: false,
          storedResponse: storedResponse(order, views[index] as View),
        });
    } catch (error) {
      if (!(error instanceof BatchRefused)) throw error;
      await this.refuse(run, orders, error);
    }
  }

  private async refuse<What, View>(
    { kind, bulk, verdicts }: Run<What, View>,
    orders: readonly Placed<What>[],
    { refusals }: BatchRefused,
  ): Promise<void> {
    const refused = [...refusals].map(([index, error]) => ({ ...(orders[index] as Placed<What>), error }));
    for (const { place, line, request, error } of refused)
      verdicts.set(place, this.reader.refusal({ line, key: request.key }, error, bulk.call));
    const decided = refused.filter(({ error }) => DECISIONS.has(error.code));
    await this.idempotentLines.recordRefusals(
      await Promise.all(decided.map(({ order, error }) => kind.describeRefusal(order, error))),
    );
  }

  private reused(line: number, key: string, { call }: BulkCall): LineVerdict {
    return this.reader.refusal({ line, key }, new AppError('idempotency_key_reused'), call);
  }
}

function notDone(line: number, key: string): LineVerdict {
  return { line, key, isReplayed: false, storedResponse: toStoredVerdict('not_done') };
}

async function* linesWithinLimits(chunks: AsyncIterable<Buffer>): AsyncGenerator<Line> {
  let lines = 0;
  for await (const line of readLines(chunks)) {
    if (line.end > MAX_ATOMIC_BYTES) throw tooLarge();
    if (isBlank(line)) continue;
    if (++lines > MAX_ATOMIC_LINES) throw tooLarge();
    yield line;
  }
}

function tooLarge(): AppError {
  const message = `takes at most ${MAX_ATOMIC_LINES} lines, of ${MAX_ATOMIC_BYTES / 1024 / 1024} MiB together`;
  const field = { path: 'atomic', constraint: 'range' as const, message, invalidValue: true };
  return new AppError('validation_failed', { fields: [field] });
}
