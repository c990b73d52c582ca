import { chmodSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { startEmbeddedPostgres } from '../src/embedded-postgres/embedded-postgres.js';

/** Linux's magic number of tmpfs, a file system in memory. */
const TMPFS = 0x01021994;
const PREFIX = 'vostro_bench_';

/** The PostgreSQL server on which each subject gets its own database. */
export interface DatabaseServer {
  /** Version, such as `18.4`. */
  version: string;
  /** Whether the server was started for this run, with PostgreSQL's defaults. */
  isOwn: boolean;
  /** Creates an empty database of this name. @returns its URL */
  createDatabase(name: string): Promise<string>;
  /** Runs a checkpoint now, so that none starts during a measurement. */
  checkpoint(): Promise<void>;
  /** Removes the databases, and stops and removes the server if it was started for this run. */
  close(): Promise<void>;
}

/**
 * The server of BENCH_DATABASE_URL (a superuser's URL), otherwise one started for this run in its own folder.
 * @throws Error when an acknowledged commit would not be durable on it
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

/** A connection for the benchmark's own statements. */
export async function connected(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  // If the connection breaks between statements, the next statement reports it.
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
    // When run as root the server uses another account, which must be able to traverse the folder.
    chmodSync(home, 0o711);
    const postgres = await startEmbeddedPostgres({ home, durable: true });
    return { url: postgres.url, stop: () => postgres.stop().finally(remove) };
  } catch (error) {
    remove();
    throw error;
  }
}

async function noStop(): Promise<void> {
  // The server was supplied by the user, so it is not stopped.
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
