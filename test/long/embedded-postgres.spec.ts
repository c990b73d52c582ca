import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Client } from 'pg';
import type { EmbeddedPostgres } from '../../src/embedded-postgres/embedded-postgres.js';
import { startEmbeddedPostgres } from '../support/embedded-postgres.js';
import { openFolder } from '../support/program.js';
import { until } from '../support/until.js';

const NOBODY = 65534;
const DIST = join(__dirname, '../../dist/embedded-postgres/embedded-postgres.js');
const asRoot = process.getuid?.() === 0 ? it : it.skip;

let home: string;
const started: EmbeddedPostgres[] = [];

beforeEach(() => {
  home = openFolder();
});
afterEach(async () => {
  for (const postgres of started.splice(0)) await postgres.stop();
  rmSync(home, { recursive: true, force: true });
});

async function start(folder = home): Promise<EmbeddedPostgres> {
  const postgres = await startEmbeddedPostgres({ home: folder, durable: false });
  started.push(postgres);
  return postgres;
}

async function query(url: string, statement: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows;
  } finally {
    await client.end();
  }
}

/** Starts a server in another process, prints its properties, and stops when its input ends. */
const CHILD = `
  const { startEmbeddedPostgres } = require(${JSON.stringify(DIST)});
  startEmbeddedPostgres({ home: process.argv[1], durable: false }).then((postgres) => {
    console.log(JSON.stringify({ pid: postgres.pid, reused: postgres.reused, uid: process.getuid() }));
    process.stdin.resume().on('end', () => postgres.stop().then(() => process.exit(0)));
  });`;

function inAnotherProcess(folder: string, account: { uid?: number; gid?: number } = {}) {
  const child = spawn(process.execPath, ['-e', CHILD, folder], {
    stdio: ['pipe', 'pipe', 'inherit'],
    ...account,
  });
  return {
    result: once(child.stdout, 'data').then(
      ([line]) => JSON.parse(String(line)) as { pid: number; reused: boolean; uid: number },
    ),
    end: async () => {
      const exit = once(child, 'exit');
      child.stdin.end();
      await exit;
    },
    kill: async () => {
      const exit = once(child, 'exit');
      child.kill('SIGKILL');
      await exit;
    },
  };
}

describe('The embedded PostgreSQL', () => {
  it('is a real server that accepts only its password, on this machine only', async () => {
    const { url } = await start();
    const [version] = await query(url, 'SHOW server_version');
    expect(version).toMatchObject({ server_version: expect.stringMatching(/^18\./) });
    expect(await query(url, 'SHOW listen_addresses')).toEqual([{ listen_addresses: '127.0.0.1' }]);
    const wrong = new URL(url);
    wrong.password = 'wrong';
    await expect(query(wrong.href, 'SELECT 1')).rejects.toThrow('password authentication failed');
  });

  it('has a role for the app that owns nothing and has no privileges before a migration grants them', async () => {
    const { url, runtimeUrl } = await start();
    expect(await query(runtimeUrl, 'SELECT current_user::text AS role')).toEqual([{ role: 'vostro_app' }]);
    await query(url, 'CREATE TABLE owned (id int)');
    await expect(query(runtimeUrl, 'SELECT * FROM owned')).rejects.toThrow('permission denied');
    await expect(query(runtimeUrl, 'CREATE TABLE more (id int)')).rejects.toThrow('permission denied');
  });

  asRoot('runs under a separate account, and takes over data that another account owned', async () => {
    const first = await start();
    const { uid } = statSync(first.dataDirectory);
    expect(readFileSync(`/proc/${first.pid}/status`, 'utf8')).toContain(`Uid:\t${uid}\t${uid}`);
    expect([0, NOBODY]).not.toContain(uid);
    expect(readFileSync('/etc/passwd', 'utf8')).not.toContain(`:${uid}:`);
    await query(first.url, 'CREATE TABLE kept AS SELECT 1 AS one');
    await first.stop();
    execFileSync('chown', ['-R', `${NOBODY}:${NOBODY}`, first.dataDirectory]);
    const second = await start();
    expect(await query(second.url, 'SELECT one FROM kept')).toEqual([{ one: 1 }]);
    expect(statSync(second.dataDirectory).uid).toBe(uid);
  });

  it('keeps its data from one start to the next', async () => {
    const first = await start();
    await query(first.url, 'CREATE TABLE kept AS SELECT 1 AS one');
    await first.stop();
    const second = await start();
    expect(second.reused).toBe(false);
    expect(await query(second.url, 'SELECT one FROM kept')).toEqual([{ one: 1 }]);
  });

  it('starts from the beginning when the first start was interrupted', async () => {
    const partial = join(home, 'postgres.partial');
    mkdirSync(partial);
    writeFileSync(join(partial, 'PG_VERSION'), '18');
    expect(await query((await start()).url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(existsSync(partial)).toBe(false);
  });

  it('does not signal an unrelated process that has the id in a stale lock file', async () => {
    const first = await start();
    await first.stop();
    const stranger = spawn('sleep', ['60']);
    const lock = [stranger.pid, first.dataDirectory, '1', first.port, '', '127.0.0.1', ''].join('\n');
    const path = join(first.dataDirectory, 'postmaster.pid');
    writeFileSync(path, lock);
    const { uid, gid } = statSync(first.dataDirectory);
    chownSync(path, uid, gid);
    expect(await query((await start()).url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(stranger.exitCode).toBeNull();
    expect(stranger.signalCode).toBeNull();
    stranger.kill();
    await once(stranger, 'exit');
  });

  /** Two processes that started at once, and whether the server runs. The first of them started it. */
  async function pair() {
    const others = [inAnotherProcess(home), inAnotherProcess(home)];
    const results = await Promise.all(others.map(({ result }) => result));
    expect(new Set(results.map(({ pid }) => pid)).size).toBe(1);
    expect(results.map(({ reused }) => reused).sort()).toEqual([false, true]);
    if (results[0]?.reused === true) others.reverse();
    return { others, runs: () => existsSync(join(home, 'postgres/postmaster.pid')) };
  }

  it.each([
    ['the one that started it', 0],
    ['the other one', 1],
  ])('is shared by two processes, works on when %s stops, and is stopped by the last', async (_, first) => {
    const { others, runs } = await pair();
    await others[first]?.end();
    expect(runs()).toBe(true);
    await others[1 - first]?.end();
    expect(runs()).toBe(false);
  });

  it('stops by itself when the processes that use it are killed, and not before', async () => {
    const { others, runs } = await pair();
    await others[0]?.kill();
    // Longer than a stop takes, which must not come: there is no event to wait for.
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    expect(runs()).toBe(true);
    await others[1]?.kill();
    const log = () => readFileSync(join(home, 'postgres.log'), 'utf8');
    await until(() => log().includes('database system is shut down'), { withinMs: 30_000 });
    await until(() => !runs());
  }, 60_000);

  it('stops by itself when its process is killed during the start', async () => {
    const other = inAnotherProcess(home);
    await until(() => existsSync(join(home, 'postgres/postmaster.pid')), { withinMs: 20_000 });
    await other.kill();
    await until(() => !existsSync(join(home, 'postgres/postmaster.pid')), { withinMs: 30_000 });
  }, 60_000);

  it('reports its log when it does not start', async () => {
    const first = await start();
    await first.stop();
    writeFileSync(join(first.dataDirectory, 'postgresql.conf'), 'no_such_setting = on\n');
    await expect(start()).rejects.toThrow('no_such_setting');
  });

  asRoot('uses another folder when the server’s account cannot enter root’s folder', async () => {
    const closed = mkdtempSync(join(tmpdir(), 'vostro-closed-'));
    const inside = join(closed, 'clone', 'var');
    const lines: string[] = [];
    const log = (line: string) => lines.push(line);
    const postgres = await startEmbeddedPostgres({ home: inside, durable: false, log });
    started.push(postgres);
    expect(await query(postgres.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(postgres.dataDirectory.startsWith(closed)).toBe(false);
    expect(lines.join()).toContain(dirname(postgres.dataDirectory));
    expect(readdirSync(join(inside, 'postgres')).length).toBeGreaterThan(0);
    await postgres.stop();
    rmSync(dirname(postgres.dataDirectory), { recursive: true });
    rmSync(closed, { recursive: true });
  });

  asRoot('runs under the account of the app when that is not root', async () => {
    chownSync(home, NOBODY, NOBODY);
    const other = inAnotherProcess(home, { uid: NOBODY, gid: NOBODY });
    const { uid, pid } = await other.result;
    expect(uid).toBe(NOBODY);
    expect(readFileSync(`/proc/${pid}/status`, 'utf8')).toContain(`Uid:\t${NOBODY}`);
    await other.end();
  });
});
