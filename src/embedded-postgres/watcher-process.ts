import { existsSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import type { ServerPlace } from './cluster.js';
import { exclusively, lockOf } from './home-lock.js';
import { findPostmaster, stopServer } from './postmaster.js';
import { hasUsers } from './server-users.js';

/** A server that was started right before its process was killed has no lock file yet, by which it is found. */
const LOCK_FILE_MS = 2_000;

/** Waits for the end of stdin, which means that the process that started this one has ended, then stops its server. */
async function main(server: ServerPlace): Promise<void> {
  await text(process.stdin);
  if (await stopUnused(server)) return;
  await delay(LOCK_FILE_MS);
  await stopUnused(server);
}

/** Resolves to whether there was a server without a user. */
async function stopUnused(server: ServerPlace): Promise<boolean> {
  const { home } = server.place;
  if (!existsSync(home)) return false;
  // Under the lock: a process that starts meanwhile either keeps the server running, or starts it anew.
  return exclusively(lockOf(home), async () => {
    const found = hasUsers(home) ? undefined : findPostmaster(server);
    if (found !== undefined) await stopServer(server, found.pid);
    return found !== undefined;
  });
}

const [server] = process.argv.slice(2);
if (server !== undefined) void main(JSON.parse(server) as ServerPlace);
