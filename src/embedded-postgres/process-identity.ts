import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import { platform } from 'node:os';
import { basename } from 'node:path';

/** A process id with its start time: ids are reused, in a container possibly at the next start. */
export interface ProcessIdentity {
  pid: number;
  /** Comparable on one machine only; missing where the system does not report it. */
  startedAt?: string;
}

export function identityOf(pid: number): ProcessIdentity {
  const startedAt = startOf(pid);
  return startedAt === undefined ? { pid } : { pid, startedAt };
}

export function isStillThere({ pid, startedAt }: ProcessIdentity): boolean {
  if (!isAlive(pid)) return false;
  const start = startOf(pid);
  return startedAt === undefined || start === undefined || start === startedAt;
}

/** A zombie (a process that has ended but was not waited for; some containers have no init) counts as dead. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: the process exists but belongs to another user.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  const state = statOf(pid)?.[0];
  return state !== 'Z' && state !== 'X';
}

/**
 * The holder of a process id that PostgreSQL has written to its lock file: its server on this data, no process, another
 * program, or a process that the system does not allow to inspect.
 */
export function holderOf(pid: number, data: string): 'server' | 'nobody' | 'stranger' | 'unknown' {
  if (!isAlive(pid)) return 'nobody';
  // Windows offers nothing to inspect; but pg_ctl stops servers only.
  if (platform() === 'win32') return 'server';
  if (platform() !== 'linux') {
    const command = ps(pid, 'command') ?? '';
    return command.includes('postgres') && command.includes(data) ? 'server' : 'stranger';
  }
  const [program = '', ...parameters] = read(`/proc/${pid}/cmdline`)?.split('\0') ?? [];
  const folder = workingFolder(pid);
  // The server's working directory is its data directory; unlike its arguments, that follows a renamed folder.
  if (basename(program) === 'postgres' && (folder ?? parameters.find((word) => word === data)) === data)
    return 'server';
  return folder === undefined ? 'unknown' : 'stranger';
}

function startOf(pid: number): string | undefined {
  const ticks = statOf(pid)?.[19];
  if (ticks !== undefined) return `${read('/proc/sys/kernel/random/boot_id')?.trim() ?? ''} ${ticks}`;
  return platform() === 'darwin' ? ps(pid, 'lstart') : undefined;
}

/** The fields after "pid (name)", from the state on; the name may itself contain parentheses. */
function statOf(pid: number): string[] | undefined {
  const line = read(`/proc/${pid}/stat`);
  return line?.slice(line.lastIndexOf(')') + 2).split(' ');
}

function workingFolder(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return undefined;
  }
}

function ps(pid: number, field: string): string | undefined {
  try {
    return execFileSync('ps', ['-o', `${field}=`, '-p', String(pid)], { encoding: 'utf8' }).trim();
  } catch {
    return undefined;
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
