import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { randomToken } from '../shared/ids.js';
import { preparedBinaries } from './binaries.js';
import { type Cluster, RUNTIME_ROLE, SUPERUSER } from './cluster.js';
import { clusterPlace, preparedHome } from './cluster-place.js';
import { accepts, ensureDatabase, urlOf } from './connection.js';
import { exclusively, lockOf } from './home-lock.js';
import { ensureInitialised } from './initialise.js';
import { keptSecret } from './kept-secret.js';
import { findPostmaster, type Postmaster, stopServer } from './postmaster.js';
import { serverAccount } from './server-account.js';
import { startServer } from './start-server.js';
import { addUser, hasUsers, removeUser } from './server-users.js';
import { startWatcher, type Watcher } from './watcher.js';

const DEFAULT_MAX_CONNECTIONS = 200;
/** A server that is already running may be starting or stopping. */
const ORPHAN_TIMEOUT_MS = 10_000;
const ORPHAN_POLL_MS = 50;

export interface EmbeddedPostgresOptions {
  /** Absolute path of the folder with the installation's data and password; created if it is missing. */
  home: string;
  /** `false` gives up crash safety for speed, for tests. */
  durable: boolean;
  maxConnections?: number;
  /** `false` when another process stops the server if this one is killed. */
  isWatched?: boolean;
  log?: (line: string) => void;
}

export interface EmbeddedPostgres {
  /** URL of the owner of the tables: `postgres://vostro:<password>@127.0.0.1:<port>/vostro`. */
  url: string;
  /** URL of the role that the app runs as, which has privileges only after a migration: `postgres://vostro_app:…`. */
  runtimeUrl: string;
  port: number;
  pid: number;
  /** The server was already running: left by a killed app, or shared with a running one. */
  reused: boolean;
  dataDirectory: string;
  /** Stops the server, unless another process uses it. May be called twice. */
  stop(): Promise<void>;
}

/**
 * Starts a PostgreSQL on 127.0.0.1 for this app only, or takes over the one that an earlier run left running. When the
 * app runs as root, the server runs under another account, because PostgreSQL refuses to run as root.
 * @throws Error naming the cause, with the end of the server's log when it did not start
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const home = preparedHome(options.home);
  return exclusively(lockOf(home), async () => {
    const cluster = prepareCluster(home, options);
    if (cluster.place.folder !== home) options.log?.(`PostgreSQL keeps its data in ${cluster.place.data}`);
    await ensureInitialised(cluster, options.log);
    // Before the server: this process may be killed during the start.
    const watcher = options.isWatched === false ? null : startWatcher(cluster);
    try {
      const server = await startOrShare(cluster, settings(options));
      return {
        url: urlOf(server.port, SUPERUSER, cluster.password),
        runtimeUrl: urlOf(server.port, RUNTIME_ROLE, cluster.runtimePassword),
        ...server,
        dataDirectory: cluster.place.data,
        stop: stopOnce(cluster, server, { user: addUser(home), watcher }),
      };
    } catch (error) {
      watcher?.end();
      throw error;
    }
  });
}

async function startOrShare(
  cluster: Cluster,
  parameters: readonly string[],
): Promise<Postmaster & { reused: boolean }> {
  const running = await findUsable(cluster);
  const { pid, port } = running ?? (await startServer(cluster, parameters));
  try {
    await ensureDatabase(port, cluster);
  } catch (error) {
    if (running === undefined) await stopServer(cluster, pid);
    throw error;
  }
  return { pid, port, reused: running !== undefined };
}

function prepareCluster(home: string, { durable }: EmbeddedPostgresOptions): Cluster {
  const account = serverAccount(home);
  const place = clusterPlace(home, account);
  const binaries = preparedBinaries(account, place.folder);
  const password = keptSecret(join(home, 'postgres.password'), () => randomToken(24));
  const runtimePassword = keptSecret(join(home, 'postgres-app.password'), () => randomToken(24));
  return { place, binaries, account, password, runtimePassword, durable };
}

/** A running server that responds. A server that does not respond is stopped. */
async function findUsable(cluster: Cluster): Promise<Postmaster | undefined> {
  const deadline = Date.now() + ORPHAN_TIMEOUT_MS;
  for (;;) {
    const found = findPostmaster(cluster);
    if (found === undefined) return undefined;
    const { pid, port } = found;
    if (port !== undefined && (await accepts(port, cluster.password))) return { pid, port };
    if (Date.now() > deadline) {
      await stopServer(cluster, pid);
      return undefined;
    }
    await delay(ORPHAN_POLL_MS);
  }
}

function stopOnce(
  cluster: Cluster,
  { pid }: Postmaster,
  { user, watcher }: { user: string; watcher: Watcher | null },
): () => Promise<void> {
  const { home } = cluster.place;
  let stopped: Promise<void> | undefined;
  const stop = () =>
    // Under the lock: an app that starts now waits for the stop instead of reusing a server that is about to stop.
    exclusively(lockOf(home), async () => {
      removeUser(user);
      if (!hasUsers(home)) await stopServer(cluster, pid);
      watcher?.end();
    });
  return () => (stopped ??= stop());
}

function settings({ durable, maxConnections = DEFAULT_MAX_CONNECTIONS }: EmbeddedPostgresOptions): string[] {
  const fast = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off'];
  return [`max_connections=${maxConnections}`, ...(durable ? [] : fast)];
}
