import { readFileSync, rmSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { holderOf } from '../../embedded-postgres/process-identity.js';

const POLL_MS = 20;
const STOP_TIMEOUT_MS = 10_000;
/** Programs that are terminating may still write for a moment, so the removal is retried. */
const REMOVAL = { recursive: true, force: true, maxRetries: 10, retryDelay: 100 } as const;

/** Removes the folder of a run, and the server's data directory if it is elsewhere. */
export function removeLeftovers(home: string, data: string): void {
  rmSync(home, REMOVAL);
  if (relative(home, data).startsWith('..')) rmSync(dirname(data), REMOVAL);
}

/** Stops the server of this data directory immediately, without a clean shutdown: its data is discarded. */
export async function endServer(data: string): Promise<void> {
  const pid = pidIn(data);
  if (pid === null || holderOf(pid, data) !== 'server') return;
  process.kill(pid, 'SIGQUIT');
  const deadline = Date.now() + STOP_TIMEOUT_MS;
  while (holderOf(pid, data) === 'server' && Date.now() < deadline) await delay(POLL_MS);
}

function pidIn(data: string): number | null {
  try {
    const pid = Number(readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n', 1)[0]);
    return Number.isSafeInteger(pid) && pid > 0 ? pid : null;
  } catch {
    // No server runs on this data directory.
    return null;
  }
}
