import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const PROGRAM = join(__dirname, '../../dist/cli/vostro.js');

export type Ended = Awaited<ReturnType<typeof start>['ended']>;

/**
 * Runs the built command line with exactly these variables.
 * @param input on its standard input
 * @param program another program
 */
export function start(
  args: readonly string[],
  variables: NodeJS.ProcessEnv,
  { input = '', program = PROGRAM }: { input?: string; program?: string } = {},
) {
  const child = spawn(process.execPath, [program, ...args], {
    env: { PATH: process.env.PATH, ...variables },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  // A command that fails may not read it.
  child.stdin.on('error', () => undefined).end(input);
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
