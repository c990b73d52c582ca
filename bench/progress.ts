/** Progress on the terminal: a line per case with its result and the remaining time. */
export class BenchProgress {
  private done = 0;
  private readonly startedMs = performance.now();

  constructor(
    private readonly total: number,
    private readonly write: (text: string) => unknown = (text) => process.stderr.write(text),
  ) {}

  say(line: string): void {
    this.write(`${line}\n`);
  }

  begin(round: number, caseId: string): void {
    this.write(`[${this.done + 1}/${this.total}] round ${round}, ${caseId}: `);
  }

  end(outcome: string): void {
    this.done += 1;
    const elapsed = (performance.now() - this.startedMs) / 1_000;
    this.write(`${outcome}, ${toClock((elapsed / this.done) * (this.total - this.done))} left\n`);
  }
}

/** `2:03`. */
export function toClock(seconds: number): string {
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}
