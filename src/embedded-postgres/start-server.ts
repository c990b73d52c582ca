import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Cluster, HOST, serverEnv } from './cluster.js';
import { accepts } from './connection.js';
import { freePort } from './free-port.js';
import { giveTo } from './server-account.js';
import { findPostmaster, type Postmaster, stopServer } from './postmaster.js';

const READY_TIMEOUT_MS = 30_000;
const POLL_MS = 10;
const ATTEMPTS = 3;
const LOG_TAIL_LINES = 15;
const PORT_TAKEN = 'could not create any TCP/IP sockets';

/** Starts the server on a free port. If another program takes the port first, another port is tried. */
export async function startServer(cluster: Cluster, settings: readonly string[]): Promise<Postmaster> {
  const { account, place } = cluster;
  // An earlier version, or a start as another user, has left the data to another account.
  if (account !== undefined && statSync(place.data).uid !== account.uid) giveTo(account, place.data);
  for (let attempt = 1; ; attempt++) {
    try {
      return await startOn(await freePort(), cluster, settings);
    } catch (error) {
      if (attempt === ATTEMPTS || !(error as Error).message.includes(PORT_TAKEN)) throw error;
    }
  }
}

async function startOn(port: number, cluster: Cluster, settings: readonly string[]): Promise<Postmaster> {
  const { log } = cluster.place;
  const logStart = existsSync(log) ? statSync(log).size : 0;
  const server = launch(port, cluster, settings);
  try {
    await becomesReady(server, port, cluster);
    return { pid: server.pid ?? 0, port };
  } catch (error) {
    if (server.pid !== undefined) await stopServer(cluster, server.pid);
    throw new Error(`${(error as Error).message}\n${tail(log, logStart)}`, { cause: error });
  }
}

/** Detached, so that Ctrl-C at the terminal reaches the app only. */
function launch(port: number, cluster: Cluster, settings: readonly string[]): ChildProcess {
  const { place, binaries, account } = cluster;
  const log = openSync(place.log, 'a', 0o600);
  try {
    const server = spawn(
      join(binaries, 'bin/postgres'),
      [
        ...['-D', place.data, '-p', String(port), '-h', HOST, '-k', ''],
        ...settings.flatMap((setting) => ['-c', setting]),
      ],
      { detached: true, stdio: ['ignore', log, log], cwd: place.folder, env: serverEnv(), ...account },
    );
    server.unref();
    return server;
  } finally {
    closeSync(log);
  }
}

async function becomesReady(server: ChildProcess, port: number, cluster: Cluster): Promise<void> {
  let failure: Error | undefined;
  server.on('error', (error) => (failure = error));
  server.on('exit', (code) => (failure ??= new Error(`PostgreSQL ended with code ${code ?? 'none'}`)));
  const deadline = Date.now() + READY_TIMEOUT_MS;
  // Only the server's lock file proves that this server, and not another program, listens on the port.
  const isReady = async () => {
    const found = findPostmaster(cluster);
    return found?.pid === server.pid && found?.isReady === true && accepts(port, cluster.password);
  };
  while (!(await isReady())) {
    if (failure === undefined && Date.now() > deadline) failure = new Error('PostgreSQL does not answer');
    if (failure !== undefined) throw failure;
    await delay(POLL_MS);
  }
}

/** The last log lines of this start. */
function tail(log: string, from: number): string {
  const written = readFileSync(log).subarray(from).toString('utf8');
  return written.trimEnd().split('\n').slice(-LOG_TAIL_LINES).join('\n');
}
