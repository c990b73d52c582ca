import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { removeLeftovers } from './leftovers.js';

const PREFIX = 'vostro-sandbox-';
/**
 * Secret files inside have stricter modes; when the sandbox runs as root, PostgreSQL's account must be able to traverse
 * the folder.
 */
const PASSABLE = 0o711;

/** A temporary folder that is removed when the run ends. */
export interface ThrowAwayHome {
  folder: string;
  /** Records the server's data directory, which may be outside the folder. */
  dataIsIn(folder: string): void;
  /** Call it after the server has stopped. */
  remove(): void;
}

/** Creates the folder, and a cleanup process that stops its server and removes it when this process is killed. */
export function makeThrowAwayHome(): ThrowAwayHome {
  const folder = mkdtempSync(join(tmpdir(), PREFIX));
  chmodSync(folder, PASSABLE);
  let data = join(folder, 'postgres');
  const cleanup = startCleanupProcess(folder);
  return {
    folder,
    dataIsIn: (where) => {
      data = where;
      cleanup.write(`${where}\n`);
    },
    remove: () => {
      removeLeftovers(folder, data);
    },
  };
}

/** Detached, so that a signal to this process group does not reach it. It starts to clean up when its stdin ends. */
function startCleanupProcess(folder: string): Writable {
  const child: ChildProcess = spawn(process.execPath, [join(__dirname, 'cleanup-process.js'), folder], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    env: { PATH: process.env.PATH },
  });
  const { stdin } = child;
  if (stdin === null) throw new Error('the cleanup process has no stdin');
  // If it cannot be started (no more processes), the sandbox works, and leaves its folder behind when it is killed.
  child.on('error', () => undefined);
  stdin.on('error', () => undefined);
  child.unref();
  (stdin as Writable & { unref?: () => void }).unref?.();
  return stdin;
}
