/** Exit codes. They are also those of `vostro contract`, which docs/cli.md lists. */
export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  contractBroken: 6,
  interrupted: 130,
} as const;

/** Why a run has no report. */
export interface CheckerFailure {
  exitCode: number;
  code: string;
  message: string;
}

/** What a run uses of its command line, which is `vostro` or the program of this package. */
export interface CheckerShell {
  output: {
    /** A result: the object with `--json`, otherwise the lines. */
    result(object: object, lines: readonly string[]): unknown;
    /** Progress messages; omitted with `--json`. */
    note(line: string): void;
    /** Reports an error. Returns the exit code. */
    failure(failure: CheckerFailure): number;
  };
  /** Whether the user has interrupted the program. */
  interruption: { readonly requested: boolean };
}

/** The command line is incomplete or invalid, or a file that it names does not fit. */
export class CheckerUsageError extends Error {}
