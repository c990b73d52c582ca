import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync, chmodSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '../../src/embedded-postgres/free-port.js';

/** Where Debian and Ubuntu put it; `PGBOUNCER` names another one. */
const PROGRAM = process.env.PGBOUNCER ?? '/usr/sbin/pgbouncer';
/** The documented configuration. */
const CONFIGURATION = resolve('docker/pgbouncer.ini');
/** The first version with `max_prepared_statements`, without which only session pooling works. */
const FIRST_WITH_PREPARED = [1, 21];
const START_ATTEMPTS = 100;

export interface PgBouncer {
  /** Leads to any database of the server, by the path; ends with a slash. */
  url: string;
  poolMode: 'session' | 'transaction';
  stop(): Promise<void>;
}

/** Whether PgBouncer is installed, as Debian's package does. */
export function hasPgBouncer(): boolean {
  return existsSync(PROGRAM);
}

/** Starts PgBouncer with the documented configuration before a server that trusts its clients. */
export async function startPgBouncer(serverUrl: string): Promise<PgBouncer> {
  const folder = mkdtempSync(join(tmpdir(), 'vostro-pgbouncer-'));
  chmodSync(folder, 0o755);
  const { hostname, port: serverPort, username, password } = new URL(serverUrl);
  const port = await freePort();
  const users = join(folder, 'users.txt');
  writeFileSync(users, `"${username}" "${password}"\n`, { mode: 0o644 });
  const poolMode = supportsPrepared() ? 'transaction' : 'session';
  const file = join(folder, 'pgbouncer.ini');
  const text = readFileSync(CONFIGURATION, 'utf8')
    .replace(/^vostro = .*$/m, `* = host=${hostname} port=${serverPort}`)
    .replace(/^listen_port = .*$/m, `listen_port = ${port}`)
    .replace(/^auth_type = .*$/m, 'auth_type = trust')
    .replace(/^auth_file = .*$/m, `auth_file = ${users}`)
    .replace(/^default_pool_size = .*$/m, 'default_pool_size = 100')
    .replace(/^pool_mode = .*$/m, `pool_mode = ${poolMode}`)
    .replace(/^max_prepared_statements = .*$/m, (line) => (poolMode === 'transaction' ? line : ''));
  writeFileSync(file, text, { mode: 0o644 });
  // PgBouncer does not run as root.
  const asOther = process.getuid?.() === 0 ? ['-u', 'postgres'] : [];
  const child = spawn(PROGRAM, ['-q', ...asOther, file], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  for (let attempt = 0; !(await accepts(port)); attempt++) {
    if (child.exitCode !== null || attempt === START_ATTEMPTS)
      throw new Error(`PgBouncer did not start: ${said}`);
    await delay(50);
  }
  return {
    url: `postgres://${username}@127.0.0.1:${port}/`,
    poolMode,
    stop: async () => {
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function supportsPrepared(): boolean {
  const shown = execFileSync(PROGRAM, ['--version'], { encoding: 'utf8' });
  const [major = 0, minor = 0] = (/\d+\.\d+/.exec(shown)?.[0] ?? '').split('.').map(Number);
  const [firstMajor = 0, firstMinor = 0] = FIRST_WITH_PREPARED;
  return major > firstMajor || (major === firstMajor && minor >= firstMinor);
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
