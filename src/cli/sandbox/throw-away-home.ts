import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { removeLeftovers } from './leftovers.js';

const PREFIX = 'vostro-sandbox-';
/** Its secrets have modes of their own; as root, PostgreSQL's account must be able to pass. */
const PASSABLE = 0o711;

/** A folder for one run, gone with it. */
export interface ThrowAwayHome {
  folder: string;
  /** Says where the server keeps its data, which may be elsewhere. */
  dataIsIn(folder: string): void;
  /** Call it when the server has stopped. */
  remove(): void;
}

/** A folder of its own, and a watchman who removes it, and the server in it, should this process be killed. */
export function makeThrowAwayHome(): ThrowAwayHome {
  const folder = mkdtempSync(join(tmpdir(), PREFIX));
  chmodSync(folder, PASSABLE);
  let data = join(folder, 'postgres');
  const watchman = callWatchman(folder);
  return {
    folder,
    dataIsIn: (where) => {
      data = where;
      watchman.write(`${where}\n`);
    },
    remove: () => {
      removeLeftovers(folder, data);
    },
  };
}

/** In a process group of its own, so that what ends this one does not end it. It goes when our end of the pipe does. */
function callWatchman(folder: string): Writable {
  const watchman: ChildProcess = spawn(process.execPath, [join(__dirname, 'watchman.js'), folder], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    env: { PATH: process.env.PATH },
  });
  const { stdin } = watchman;
  if (stdin === null) throw new Error('the watchman has no ear');
  // A machine that cannot start one more process: the sandbox works, it only leaves its folder when it is killed.
  watchman.on('error', () => undefined);
  stdin.on('error', () => undefined);
  watchman.unref();
  (stdin as Writable & { unref?: () => void }).unref?.();
  return stdin;
}
