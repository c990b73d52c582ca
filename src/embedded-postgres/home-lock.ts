import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { identityOf, isStillThere, type ProcessIdentity } from './process-identity.js';

const POLL_MS = 25;
/** Longer than initdb, a crash recovery and a slow shutdown together. */
const TIMEOUT_MS = 120_000;
/** A lock file is written right after it is created; one that is empty for longer was left by a crash in between. */
const EMPTY_MS = 2_000;

/** The lock file that serialises starts and stops of the server of a home. */
export function lockOf(home: string): string {
  return join(home, 'embedded-start.lock');
}

/** Runs work exclusively under a lock file. A lock whose holder has died is removed. */
export async function exclusively<T>(path: string, work: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + TIMEOUT_MS;
  while (!tryLock(path)) {
    if (isAbandoned(path)) takeAway(path);
    else if (Date.now() > deadline)
      throw new Error(`another process holds ${path} (${contentOf(path) ?? ''})`);
    else await delay(POLL_MS);
  }
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
}

/** The process that a file names; `undefined` when the file is missing or names none. */
export function readIdentity(path: string): ProcessIdentity | undefined {
  try {
    const { pid, startedAt } = JSON.parse(contentOf(path) ?? '') as Partial<ProcessIdentity>;
    if (!Number.isSafeInteger(pid) || pid === undefined || pid <= 0) return undefined;
    return startedAt === undefined ? { pid } : { pid, startedAt };
  } catch {
    return undefined;
  }
}

/**
 * Two processes may find the same dead holder. If both removed the file, the slower one would remove the lock that the
 * faster one has acquired since. So the removal has its own lock, under which the holder is checked again.
 */
function takeAway(path: string): void {
  const claim = `${path}.claim`;
  if (tryLock(claim)) {
    try {
      if (isAbandoned(path)) rmSync(path, { force: true });
    } finally {
      rmSync(claim, { force: true });
    }
  } else if (isAbandoned(claim)) {
    rmSync(claim, { force: true });
  }
}

function isAbandoned(path: string): boolean {
  const holder = readIdentity(path);
  if (holder !== undefined) return !isStillThere(holder);
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat !== undefined && Date.now() - stat.mtimeMs > EMPTY_MS;
}

function tryLock(path: string): boolean {
  try {
    writeFileSync(path, JSON.stringify(identityOf(process.pid)), { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function contentOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
