import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { randomToken } from '../shared/ids.js';
import { type Cluster, run, SUPERUSER } from './cluster.js';
import { giveTo, INITDB_ACCOUNT } from './server-account.js';

/** Creates the data directory if it is missing: under a temporary name, then renamed. */
export async function ensureInitialised(cluster: Cluster, log?: (line: string) => void): Promise<void> {
  const { place, account, password } = cluster;
  if (existsSync(join(place.data, 'PG_VERSION'))) return;
  if (existsSync(place.data) && readdirSync(place.data).length > 0)
    throw new Error(
      `${place.data} is not empty, but is no PostgreSQL data directory (PG_VERSION is missing): move it away`,
    );
  removeUnfinished(cluster);
  log?.(`Initialising a database in ${place.data} ...`);
  // A unique name: the initdb of a killed app may still write to the last one.
  const partial = `${place.data}.partial-${randomToken(6)}`;
  const passwordFile = `${partial}.password`;
  try {
    mkdirSync(partial, { mode: 0o700 });
    writeFileSync(passwordFile, password, { mode: 0o600 });
    // initdb needs an account with a name; the server itself does not.
    const maker = account === undefined ? undefined : INITDB_ACCOUNT;
    if (maker !== undefined) for (const path of [partial, passwordFile]) giveTo(maker, path);
    await run(
      cluster,
      maker,
      join(cluster.binaries, 'bin/initdb'),
      initdbParameters(cluster, partial, passwordFile),
    );
    if (account !== undefined) giveTo(account, partial);
    renameSync(partial, place.data);
  } finally {
    rmSync(passwordFile, { force: true });
    rmSync(partial, { recursive: true, force: true });
  }
}

function initdbParameters({ durable }: Cluster, data: string, passwordFile: string): string[] {
  return [
    ...['-D', data, '-U', SUPERUSER, '--pwfile', passwordFile, '-A', 'scram-sha-256', '--data-checksums'],
    // The builtin locale provider of PostgreSQL: the same collation and case rules on every machine.
    ...['-E', 'UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'],
    ...(durable ? [] : ['--no-sync']),
  ];
}

function removeUnfinished({ place }: Cluster): void {
  const prefix = `${basename(place.data)}.partial`;
  for (const name of readdirSync(place.folder).filter((entry) => entry.startsWith(prefix))) {
    try {
      rmSync(join(place.folder, name), { recursive: true, force: true });
    } catch {
      // Another process still writes to it; the next first start removes the rest.
    }
  }
}
