import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const DIST = join(__dirname, '../../dist');

export interface Program {
  process: ChildProcess;
  /** Everything printed so far, on stdout and stderr. */
  printed(): string;
  /** Waits until that text was printed. @throws Error when the program ends first */
  until(text: string): Promise<void>;
  /** Sends a signal, if any, and waits for the exit code. */
  end(signal?: NodeJS.Signals): Promise<number | null>;
}

/** Runs one of the built programs, such as `main.js`, with exactly these variables. */
export function run(file: string, variables: NodeJS.ProcessEnv): Program {
  const child = spawn(process.execPath, [join(DIST, file)], {
    env: { PATH: process.env.PATH, ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'close') as Promise<[number | null]>;
  let text = '';
  for (const channel of [child.stdout, child.stderr]) channel.on('data', (chunk) => (text += String(chunk)));
  return {
    process: child,
    printed: () => text,
    until: async (wanted) => {
      const over = ended.then(() => true);
      while (!text.includes(wanted)) {
        const isOver = await Promise.race([over, once(child.stdout, 'data').then(() => false)]);
        if (isOver && !text.includes(wanted)) throw new Error(`the program ended:\n${text}`);
      }
    },
    end: async (signal) => {
      if (signal !== undefined) child.kill(signal);
      return (await ended)[0];
    },
  };
}

/** A folder that the account of an embedded server can enter, like a usual clone. */
export function openFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'vostro-home-'));
  chmodSync(folder, 0o755);
  return folder;
}
