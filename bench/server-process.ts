import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

const START_TIMEOUT_MS = 60_000;
const POLL_MS = 50;
const LOG_TAIL = 2_000;

/** A contender's server as a process of its own. */
export interface ServerProcess {
  /** `http://127.0.0.1:<port>` */
  url: string;
  /** Resident memory in bytes; `null` where the system does not tell. */
  residentBytes(): number | null;
  stop(): Promise<void>;
}

/**
 * Starts a server and waits until it prints `ready on <address>`. What it prints goes to a file: nobody's reading
 * slows it down, as with a server whose log a supervisor keeps.
 * @throws Error with the end of the log when it does not come up
 */
export async function startServer(
  script: string,
  variables: Record<string, string>,
  logFile: string,
): Promise<ServerProcess> {
  const log = openSync(logFile, 'w');
  const child = spawn(process.execPath, [script], {
    env: { PATH: process.env.PATH, NODE_ENV: 'production', ...variables },
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  return {
    url: await announcedAddress(child, logFile),
    residentBytes: () => residentBytes(child.pid),
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null)
        throw new Error(`${script} ended by itself:\n${tailOf(logFile)}`);
      const exit = once(child, 'exit');
      child.kill('SIGTERM');
      await exit;
    },
  };
}

async function announcedAddress(child: ChildProcess, logFile: string): Promise<string> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  for (;;) {
    const address = /ready on (http:\/\/\S+)/.exec(readFileSync(logFile, 'utf8'))?.[1];
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
