export type LineStatus = 'opened' | 'posted' | 'refused' | 'failed' | 'not_done';

/** The result of one line. */
export interface LineVerdict {
  /** Line number, counted from 1. */
  line: number;
  /** Idempotency key; `null` when it cannot be read. */
  key: string | null;
  isReplayed: boolean;
  /** The rest of the verdict as JSON, as it is sent and stored; from `toStoredVerdict`. */
  storedResponse: string;
}

const BEGINNING = '{"status":"';

/** The part of a verdict that is the same for every repetition of the line, as JSON. `status` is the first member. */
export function toStoredVerdict(status: LineStatus, more: object = {}): string {
  return JSON.stringify({ status, ...more });
}

/** Reads the status without parsing the JSON, which would be slow for many lines. */
export function statusOf({ storedResponse }: Pick<LineVerdict, 'storedResponse'>): LineStatus {
  return storedResponse.slice(BEGINNING.length, storedResponse.indexOf('"', BEGINNING.length)) as LineStatus;
}

export function isDone(verdict: LineVerdict): boolean {
  const status = statusOf(verdict);
  return status === 'opened' || status === 'posted';
}

/** The verdict as it is sent, with its line break. */
export function toLine({ line, key, isReplayed, storedResponse }: LineVerdict): string {
  const first = JSON.stringify({ line, idempotencyKey: key, replayed: isReplayed });
  return `${first.slice(0, -1)},${storedResponse.slice(1)}\n`;
}

/** Counts the lines by status. */
export class BulkCounts {
  private lines = 0;
  private replayed = 0;
  private readonly byStatus = new Map<LineStatus, number>();

  count(verdict: LineVerdict): void {
    const status = statusOf(verdict);
    this.lines += 1;
    if (verdict.isReplayed) this.replayed += 1;
    this.byStatus.set(status, this.of(status) + 1);
  }

  /**
   * The summary, which is the last line of a response.
   * @param isComplete whether every line that was sent has its verdict
   */
  toLine(isComplete: boolean): string {
    const summary = {
      lines: this.lines,
      done: this.of('opened') + this.of('posted'),
      refused: this.of('refused'),
      failed: this.of('failed'),
      notDone: this.of('not_done'),
      replayed: this.replayed,
      isComplete,
    };
    return `${JSON.stringify({ summary })}\n`;
  }

  private of(status: LineStatus): number {
    return this.byStatus.get(status) ?? 0;
  }
}
