import type { CommandFailure } from './failure.js';

/** Writes results to standard output and everything else to standard error; both as JSON with `--json`. */
export class Output {
  constructor(readonly json: boolean) {}

  /** A result: the object with `--json`, otherwise the lines. */
  result(object: object, lines: readonly string[]): void {
    process.stdout.write(`${this.json ? JSON.stringify(object) : lines.join('\n')}\n`);
  }

  /** One of many results, with `--json` only: otherwise they are in a file. */
  item(object: object): void {
    if (this.json) process.stdout.write(`${JSON.stringify(object)}\n`);
  }

  /** Progress messages; omitted with `--json`. */
  note(line: string): void {
    if (!this.json) process.stderr.write(`${line}\n`);
  }

  /** Reports an error, with `--json` as `{"error":{"code","message"}}`. Returns the exit code. */
  failure({ exitCode, code, message, detail }: CommandFailure): number {
    const hint = code === 'usage' ? '\nSee --help.' : '';
    const text = this.json ? JSON.stringify({ error: { code, message } }) : (detail ?? `${message}${hint}`);
    process.stderr.write(`${text}\n`);
    return exitCode;
  }
}
