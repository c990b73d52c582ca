import { EXIT, type CommandFailure } from './failure.js';

/** Writes results to standard output and everything else to standard error; both as JSON with `--json`. */
export class Output {
  constructor(readonly json: boolean) {}

  /** A result: an object for programs, or lines for people. */
  result(object: object, lines: readonly string[]): void {
    process.stdout.write(`${this.json ? JSON.stringify(object) : lines.join('\n')}\n`);
  }

  /** One of many results, for programs only: people find them in a file. */
  item(object: object): void {
    if (this.json) process.stdout.write(`${JSON.stringify(object)}\n`);
  }

  /** What is going on, for people only. */
  note(line: string): void {
    if (!this.json) process.stderr.write(`${line}\n`);
  }

  /** `{"error":{"code","message"}}` for programs. Returns the exit code. */
  failure({ exitCode, code, message, detail }: CommandFailure): number {
    const hint = exitCode === EXIT.usage ? '\nSee --help.' : '';
    const text = this.json ? JSON.stringify({ error: { code, message } }) : (detail ?? `${message}${hint}`);
    process.stderr.write(`${text}\n`);
    return exitCode;
  }
}
