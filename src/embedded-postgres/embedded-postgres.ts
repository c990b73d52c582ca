import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { randomToken } from '../shared/ids.js';
import { preparedBinaries } from './binaries.js';
import { type Cluster, RUNTIME_ROLE, SUPERUSER } from './cluster.js';
import { clusterPlace, preparedHome } from './cluster-place.js';
import { accepts, ensureDatabase, urlOf } from './connection.js';
import { exclusively, readIdentity } from './home-lock.js';
import { ensureInitialised } from './initialise.js';
import { keptSecret, writeWhole } from './kept-secret.js';
import { findPostmaster, type Postmaster, stopServer } from './postmaster.js';
import { identityOf, isStillThere } from './process-identity.js';
import { serverAccount } from './server-account.js';
import { startServer } from './start-server.js';

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
  /** Stops the server, unless another running app owns it. May be called twice. */
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
    const running = await findUsable(cluster);
    const postmaster = running ?? (await startServer(cluster, settings(options)));
    try {
      await ensureDatabase(postmaster.port, cluster);
    } catch (error) {
      if (running === undefined) await stopServer(cluster, postmaster.pid);
      throw error;
    }
    const isOwner = running === undefined || !isOwned(home);
    if (isOwner) writeWhole(ownerFile(home), JSON.stringify(identityOf(process.pid)));
    return {
      url: urlOf(postmaster.port, SUPERUSER, cluster.password),
      runtimeUrl: urlOf(postmaster.port, RUNTIME_ROLE, cluster.runtimePassword),
      ...postmaster,
      reused: running !== undefined,
      dataDirectory: cluster.place.data,
      stop: stopOnce(cluster, postmaster, isOwner),
    };
  });
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

function stopOnce(cluster: Cluster, { pid }: Postmaster, isOwner: boolean): () => Promise<void> {
  const { home } = cluster.place;
  let stopped: Promise<void> | undefined;
  const stop = () =>
    // Under the lock: an app that starts now waits for the stop instead of reusing a server that is about to stop.
    exclusively(lockOf(home), async () => {
      // The owner may have been killed since; the remaining process is then responsible for the server.
      if (!isOwner && isOwned(home)) return;
      await stopServer(cluster, pid);
      if (findPostmaster(cluster) === undefined) rmSync(ownerFile(home), { force: true });
    });
  return () => (stopped ??= stop());
}

/** Whether a running app owns the server. */
function isOwned(home: string): boolean {
  const owner = readIdentity(ownerFile(home));
  return owner !== undefined && isStillThere(owner);
}

function ownerFile(home: string): string {
  return join(home, 'embedded-owner.json');
}

function lockOf(home: string): string {
  return join(home, 'embedded-start.lock');
}

function settings({ durable, maxConnections = DEFAULT_MAX_CONNECTIONS }: EmbeddedPostgresOptions): string[] {
  const fast = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off'];
  return [`max_connections=${maxConnections}`, ...(durable ? [] : fast)];
}
