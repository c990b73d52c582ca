import { execFileSync, type ExecFileSyncOptions } from 'node:child_process';
import { appendFileSync, chownSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../src/embedded-postgres/free-port.js';

/** Where Debian and Ubuntu put the programs, one folder per major version. */
const PROGRAMS = '/usr/lib/postgresql';
/** Number of connections of two test workers, each with several apps, and of PgBouncer. */
const MAX_CONNECTIONS = 300;

export interface StockPostgres {
  /** Of a superuser; the server trusts local clients. */
  url: string;
  stop(): void;
}

/** The folder with the programs of the newest installed PostgreSQL; `undefined`: none is installed. */
export function programsOfPostgres(): string | undefined {
  try {
    const [newest] = readdirSync(PROGRAMS).sort((a, b) => Number(b) - Number(a));
    return newest === undefined ? undefined : join(PROGRAMS, newest, 'bin');
  } catch {
    return undefined;
  }
}

/** Starts a server with the distribution's defaults, but for the address. */
export async function startStockPostgres(programs: string): Promise<StockPostgres> {
  const folder = mkdtempSync(join(tmpdir(), 'vostro-stock-'));
  const account = accountOfPostgres();
  if (account.uid !== undefined && account.gid !== undefined) chownSync(folder, account.uid, account.gid);
  const run = (program: string, args: string[], options: ExecFileSyncOptions = {}): void => {
    // pg_ctl leaves its output to the server, which keeps a pipe open.
    execFileSync(join(programs, program), args, { ...account, ...options, cwd: folder, stdio: 'ignore' });
  };
  const data = join(folder, 'data');
  const port = await freePort();
  run('initdb', ['-D', data, '-A', 'trust', '-U', 'postgres']);
  appendFileSync(
    join(data, 'postgresql.conf'),
    `listen_addresses = '127.0.0.1'\nport = ${port}\nunix_socket_directories = ''\nmax_connections = ${MAX_CONNECTIONS}\n`,
  );
  run('pg_ctl', ['-D', data, '-w', '-l', join(folder, 'log'), 'start']);
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    stop: () => {
      run('pg_ctl', ['-D', data, '-w', '-m', 'immediate', 'stop']);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** PostgreSQL does not run as root; its package brings an account for it. */
function accountOfPostgres(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const id = (flag: string): number => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}
