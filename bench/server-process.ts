import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 30_000;
const POLL_MS = 50;
const LOG_TAIL = 2_000;
/** Linux reports CPU time in this many ticks per second, on every kernel (proc(5), USER_HZ). */
const TICKS_PER_SECOND = 100;

/** A subject's server in its own process. */
export interface ServerProcess {
  /** `http://127.0.0.1:<port>` */
  url: string;
  /** Resident memory in bytes; `null` where the system does not report it. */
  residentBytes(): number | null;
  /** CPU time used so far, in seconds; `null` where the system does not report it. */
  cpuSeconds(): number | null;
  /** Sends SIGTERM and waits. @throws Error with the end of its log when it had ended before */
  stop(): Promise<void>;
  /** Sends SIGKILL. */
  kill(): Promise<void>;
}

/**
 * Starts a server and waits until it prints `ready on <address>`. Its output goes to a file, as under a supervisor, so
 * that no reader slows it down.
 * @throws Error with the end of the log when it does not start
 */
export async function startServer(
  command: readonly string[],
  variables: Record<string, string>,
  logFile: string,
): Promise<ServerProcess> {
  const log = openSync(logFile, 'w');
  const child = spawn(process.execPath, [...command], {
    env: { PATH: process.env.PATH, NODE_ENV: 'production', ...variables },
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  const exit = once(child, 'exit');
  // A run may end before the caller has received this server.
  const endWithUs = (): boolean => child.kill('SIGKILL');
  process.once('exit', endWithUs);
  child.once('exit', () => process.off('exit', endWithUs));
  return {
    url: await announcedAddress(child, logFile),
    residentBytes: () => residentBytes(child.pid),
    cpuSeconds: () => cpuSeconds(child.pid),
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null)
        throw new Error(`${command.join(' ')} ended by itself:\n${tailOf(logFile)}`);
      child.kill('SIGTERM');
      const late = AbortSignal.timeout(STOP_TIMEOUT_MS);
      late.addEventListener('abort', () => child.kill('SIGKILL'));
      const [, signal] = (await exit) as [number | null, NodeJS.Signals | null];
      if (signal === 'SIGKILL') throw new Error(`${command.join(' ')} did not end:\n${tailOf(logFile)}`);
    },
    kill: async () => {
      child.kill('SIGKILL');
      await exit;
    },
  };
}

async function announcedAddress(child: ChildProcess, logFile: string): Promise<string> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  for (;;) {
    const address = /ready on (http:\/\/[^\s\"]+)/.exec(readFileSync(logFile, 'utf8'))?.[1];
    if (address !== undefined) return address;
    if (child.exitCode !== null || Date.now() > deadline) {
      child.kill('SIGKILL');
      throw new Error(`a server did not come up:\n${tailOf(logFile)}`);
    }
    await delay(POLL_MS);
  }
}

function tailOf(logFile: string): string {
  return readFileSync(logFile, 'utf8').slice(-LOG_TAIL);
}

function residentBytes(pid: number | undefined): number | null {
  if (process.platform !== 'linux') return null;
  const kibibytes = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid ?? 0}/status`, 'utf8'))?.[1];
  return kibibytes === undefined ? null : Number(kibibytes) * 1_024;
}

function cpuSeconds(pid: number | undefined): number | null {
  if (process.platform !== 'linux') return null;
  // The name may contain any character and ends with the last parenthesis; utime and stime are fields 12 and 13 after
  // it.
  const fields =
    readFileSync(`/proc/${pid ?? 0}/stat`, 'utf8')
      .split(') ')
      .at(-1)
      ?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}
