import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import { IdempotentLines } from '../../../idempotency/idempotent-lines.service.js';
import { mapConcurrentInOrder } from '../../../concurrency/map-concurrent-in-order.js';
import { isBlank, type Line, readLines } from '../../../shared/lines.js';
import { KeyedMutex } from '../../../concurrency/keyed-mutex.js';
import type { BulkCall } from './bulk-call.decorator.js';
import type { LineKind } from './line-kind.js';
import { LineReader, type Order } from './line-reader.service.js';
import { isDone, type LineVerdict, BulkCounts, toLine, toStoredVerdict } from './line-verdict.js';

/** Lines of one call that are executed concurrently: enough to fill the batches that group them into transactions. */
export const WINDOW = 500;

/** State of one bulk call in progress. */
interface Run<What, View> {
  kind: LineKind<What, View>;
  bulk: BulkCall;
  mutex: KeyedMutex;
  /** Whether the body was read to its end. */
  isComplete: boolean;
}

/**
 * Executes each line independently. Verdicts are sent while lines are still received, and lines are read only as fast
 * as the client reads verdicts.
 */
@Injectable()
export class StreamedBulk implements BeforeApplicationShutdown {
  /** Time after which a call reads no further lines. Tests set a lower value. */
  maxTotalMs = 60 * 60 * 1_000;
  private isEnding = false;

  constructor(
    private readonly idempotentLines: IdempotentLines,
    private readonly reader: LineReader,
  ) {}

  /** At shutdown, as after the time limit, lines that were received are answered, and further lines are not read. */
  beforeApplicationShutdown(): void {
    this.isEnding = true;
  }

  /**
   * Yields verdicts in groups, and at the end the summary.
   * @throws when the client has disconnected, after all lines in progress have finished
   */
  async *answer<What, View>(kind: LineKind<What, View>, bulk: BulkCall): AsyncGenerator<string> {
    const run: Run<What, View> = { kind, bulk, mutex: new KeyedMutex(), isComplete: false };
    const tally = new BulkCounts();
    for await (const verdicts of mapConcurrentInOrder(
      this.lines(run),
      (line) => this.judge(run, line),
      WINDOW,
    )) {
      for (const verdict of verdicts) tally.count(verdict);
      const told = bulk.isQuiet ? verdicts.filter((verdict) => !isDone(verdict)) : verdicts;
      if (told.length > 0) yield told.map(toLine).join('');
    }
    yield tally.toLine(run.isComplete);
  }

  private async *lines<What, View>(run: Run<What, View>): AsyncGenerator<Line> {
    const deadline = performance.now() + this.maxTotalMs;
    for await (const line of readLines(run.bulk.chunks)) {
      if (this.isEnding || performance.now() > deadline) return;
      if (!isBlank(line)) yield line;
    }
    run.isComplete = true;
  }

  /** Never throws: an error becomes the verdict of the line. */
  private async judge<What, View>(run: Run<What, View>, line: Line): Promise<LineVerdict> {
    const { kind, bulk, mutex } = run;
    const read = await this.reader.read(kind, bulk.call, line);
    if ('verdict' in read) return read.verdict;
    const wanted = [`key ${read.request.key}`, ...kind.rivalriesOf(read.order)];
    return mutex.runExclusive(wanted, () => this.execute(run, read));
  }

  private async execute<What, View>(
    { kind, bulk: { call } }: Run<What, View>,
    { line, order, request }: Order<What>,
  ): Promise<LineVerdict> {
    const { key } = request;
    try {
      const answer = await this.idempotentLines.run<View>({
        request,
        execute: (claim) => kind.do(order, claim),
        storedResponseOf: (view) => toStoredVerdict(kind.done, { [kind.member]: kind.present(view, order) }),
        storedResponseOfRefusal: (error) => this.reader.receiptOf(error, call),
        describeRefusal: (error) => kind.describeRefusal(order, error),
      });
      return { line, key, ...answer };
    } catch (error) {
      return this.reader.refusal({ line, key }, error, call);
    }
  }
}
