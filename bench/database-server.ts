import { chmodSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { startEmbeddedPostgres } from '../src/embedded-postgres/embedded-postgres.js';

/** Linux's magic number of a file system that is only memory. */
const TMPFS = 0x01021994;
const PREFIX = 'vostro_bench_';

/** The one PostgreSQL on which every subject gets a database of its own. */
export interface DatabaseServer {
  /** Such as `18.4`. */
  version: string;
  /** Whether the server was started for this run with PostgreSQL's own defaults. */
  isOwn: boolean;
  /** A fresh database of this name. @returns its address */
  createDatabase(name: string): Promise<string>;
  /** Starts a checkpoint of the server's own now, so that none falls into a measurement by chance. */
  checkpoint(): Promise<void>;
  /** Removes the databases, and the server when it was started for this run. */
  close(): Promise<void>;
}

/**
 * The server of BENCH_DATABASE_URL (a superuser's address), else one started for this run on a folder of its own.
 * @throws Error when a commit on it would not be on the disk when it is acknowledged
 */
export async function openDatabaseServer(): Promise<DatabaseServer> {
  const given = process.env.BENCH_DATABASE_URL;
  const { url, stop } = given === undefined ? await startOwnServer() : { url: given, stop: noStop };
  const admin = new Client({ connectionString: url });
  const created: string[] = [];
  const close = async (): Promise<void> => {
    for (const name of created) await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    await admin.end();
    await stop();
  };
  try {
    await admin.connect();
    await assertDurable(admin);
    const version = await setting(admin, 'server_version');
    return {
      version: version.split(' ')[0] ?? version,
      isOwn: given === undefined,
      createDatabase: async (name) => {
        created.push(PREFIX + name);
        await admin.query(`DROP DATABASE IF EXISTS ${PREFIX}${name} WITH (FORCE)`);
        await admin.query(`CREATE DATABASE ${PREFIX}${name}`);
        return addressOf(url, PREFIX + name);
      },
      checkpoint: async () => {
        await admin.query('CHECKPOINT');
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** A connection for statements of the benchmark's own. */
export async function connected(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  // The next statement reports a connection that broke in between.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

async function startOwnServer(): Promise<{ url: string; stop: () => Promise<void> }> {
  const home = mkdtempSync(join(tmpdir(), 'vostro-bench-'));
  const remove = (): void => {
    rmSync(home, { recursive: true, force: true });
  };
  try {
    if (statfsSync(home).type === TMPFS)
      throw new Error(
        `${home} is only memory, where a commit costs nothing: name a folder on a disk by TMPDIR`,
      );
    // As root the server runs under another account, which must be able to enter.
    chmodSync(home, 0o711);
    const postgres = await startEmbeddedPostgres({ home, durable: true });
    return { url: postgres.url, stop: () => postgres.stop().finally(remove) };
  } catch (error) {
    remove();
    throw error;
  }
}

async function noStop(): Promise<void> {
  // The server belongs to the user.
}

async function assertDurable(admin: Client): Promise<void> {
  for (const name of ['fsync', 'synchronous_commit', 'full_page_writes']) {
    const value = await setting(admin, name);
    if (value !== 'on') throw new Error(`${name} is ${value} on this server: a commit there proves nothing`);
  }
}

async function setting(admin: Client, name: string): Promise<string> {
  const { rows } = await admin.query<{ value: string }>('SELECT current_setting($1) AS value', [name]);
  return rows[0]?.value ?? '';
}

function addressOf(server: string, database: string): string {
  const url = new URL(server);
  url.pathname = `/${database}`;
  return url.href;
}
