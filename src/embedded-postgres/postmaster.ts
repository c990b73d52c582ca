import { readFileSync, rmSync } from 'node:fs';
import { platform } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { run, type ServerPlace } from './cluster.js';
import { holderOf } from './process-identity.js';

const STOP_POLL_MS = 20;
const FAST_TIMEOUT_MS = 20_000;
const IMMEDIATE_TIMEOUT_MS = 10_000;

/**
 * Lines of postmaster.pid: process id, data directory, start time, port, socket directory, address, shared memory,
 * status.
 */
const PORT_LINE = 3;
const STATUS_LINE = 7;

export interface Postmaster {
  pid: number;
  port: number;
}

interface LockFile {
  pid: number;
  /** `undefined` until the server has written its port. */
  port: number | undefined;
  isReady: boolean;
}

/** The server that runs on this data directory, according to its lock file; `undefined` when none is running. */
export function findPostmaster(cluster: ServerPlace): LockFile | undefined {
  const path = join(cluster.place.data, 'postmaster.pid');
  const lockFile = readLockFile(path);
  if (lockFile === undefined) return undefined;
  const holder = holderOf(lockFile.pid, cluster.place.data);
  // PostgreSQL would take another process of its own account for a server on this data, and refuse to start.
  if (holder === 'stranger') rmSync(path, { force: true });
  return holder === 'server' ? lockFile : undefined;
}

/**
 * Stops the server and waits for its exit: first in fast mode, then in immediate mode, after which the next start runs
 * crash recovery.
 */
export async function stopServer(cluster: ServerPlace, pid: number): Promise<void> {
  if (await endsAfter(cluster, pid, 'fast', FAST_TIMEOUT_MS)) return;
  if (await endsAfter(cluster, pid, 'immediate', IMMEDIATE_TIMEOUT_MS)) return;
  throw new Error(`PostgreSQL (process ${pid}) does not stop`);
}

async function endsAfter(
  cluster: ServerPlace,
  pid: number,
  mode: 'fast' | 'immediate',
  timeoutMs: number,
): Promise<boolean> {
  const runs = () => holderOf(pid, cluster.place.data) === 'server';
  const deadline = Date.now() + timeoutMs;
  if (runs()) await signal(cluster, pid, mode);
  while (runs()) {
    if (Date.now() > deadline) return false;
    await delay(STOP_POLL_MS);
  }
  return true;
}

async function signal(cluster: ServerPlace, pid: number, mode: 'fast' | 'immediate'): Promise<void> {
  if (platform() === 'win32') {
    // Windows has no signals. A failure is ignored: the loop sees that the server still runs.
    const stop = ['stop', '-D', cluster.place.data, '-m', mode, '--no-wait'];
    await run(cluster, undefined, join(cluster.binaries, 'bin/pg_ctl'), stop).catch(() => undefined);
    return;
  }
  try {
    process.kill(pid, mode === 'fast' ? 'SIGINT' : 'SIGQUIT');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function readLockFile(path: string): LockFile | undefined {
  try {
    const lines = readFileSync(path, 'utf8').split('\n');
    const pid = Number(lines[0]);
    const port = Number(lines[PORT_LINE]);
    if (!Number.isSafeInteger(pid) || pid <= 0) return undefined;
    return { pid, port: port > 0 ? port : undefined, isReady: lines[STATUS_LINE]?.trim() === 'ready' };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
