import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { type ServerPlace, serverEnv } from './cluster.js';

export interface Watcher {
  /** After a stop: there is nothing left to watch. */
  end(): void;
}

/**
 * Starts a process that outlives this one and stops the server if this process ends without doing so (`kill -9`). It
 * learns of the end by its stdin, which the system closes then. Detached, so that a signal to this process group does
 * not reach it. Its errors are in the log of the server.
 */
export function startWatcher({ place, binaries }: ServerPlace): Watcher {
  const log = openSync(place.log, 'a', 0o600);
  try {
    const parameters = [join(__dirname, 'watcher-process.js'), JSON.stringify({ place, binaries })];
    const child = spawn(process.execPath, parameters, {
      detached: true,
      stdio: ['pipe', 'ignore', log],
      cwd: place.folder,
      env: serverEnv(),
    });
    // If it cannot be started (no more processes), the server works, and a `kill -9` leaves it to the next start.
    child.on('error', () => undefined);
    child.unref();
    (child.stdin as Writable & { unref?: () => void }).unref?.();
    return { end: () => void child.kill() };
  } finally {
    closeSync(log);
  }
}
