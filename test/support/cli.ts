import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const PROGRAM = join(__dirname, '../../dist/cli/vostro.js');

export type Ended = Awaited<ReturnType<typeof start>['ended']>;

/** Runs the built command line, or another program, with exactly these variables. */
export function start(args: readonly string[], variables: NodeJS.ProcessEnv, program = PROGRAM) {
  const child = spawn(process.execPath, [program, ...args], {
    env: { PATH: process.env.PATH, ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const text = { out: '', err: '' };
  child.stdout.on('data', (chunk) => (text.out += String(chunk)));
  child.stderr.on('data', (chunk) => (text.err += String(chunk)));
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, ...text }));
  return { process: child, ended };
}

/** The error that `--json` prints. */
export const errorOf = ({ err }: Ended): unknown => (JSON.parse(err) as { error: unknown }).error;

/** The results that `--json` prints, one per line. */
export const objectsOf = ({ out }: Ended) =>
  (out.match(/.+/g) ?? []).map((line) => JSON.parse(line) as Record<string, unknown>);
