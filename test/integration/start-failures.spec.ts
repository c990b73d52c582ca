import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createTestDatabase, onServer, type TestDatabase } from '../support/test-database.js';
import { testVariables } from '../support/test-environment.js';

let database: TestDatabase;
let folder: string;
beforeAll(async () => {
  database = await createTestDatabase();
  folder = mkdtempSync(join(tmpdir(), 'vostro-start-'));
});
afterAll(async () => {
  await database.drop();
  rmSync(folder, { recursive: true });
});

interface Ended {
  code: number | null;
  /** Standard error. */
  text: string;
  /** Standard output: the log. */
  log: string;
}

/** @param variables without any of this process, but for `PATH` */
async function start(variables: Record<string, string>): Promise<Ended> {
  const child = spawn(process.execPath, [resolve('dist/main.js')], {
    env: { PATH: process.env.PATH, ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [text, log] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (log += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, text, log };
}

const onDatabase = (change: (url: URL) => void): Record<string, string> => {
  const url = new URL(database.url);
  change(url);
  return { ...testVariables(database.url), PORT: '0', DATABASE_URL: url.href };
};

/** One sentence: no stack, and what to do. */
function expectSentence({ text }: Ended, pattern: RegExp): void {
  expect(text).toMatch(pattern);
  expect(text).not.toMatch(/^ +at /m);
  expect(text.trim().split('\n').length).toBeLessThanOrEqual(2);
}

describe('A start says what is wrong, and what to do', () => {
  it('when the port is taken', async () => {
    const taken = createServer();
    await once(taken.listen(0, '127.0.0.1'), 'listening');
    const { port } = taken.address() as { port: number };
    const ended = await start({ ...testVariables(database.url), PORT: String(port) });
    expectSentence(
      ended,
      new RegExp(`^HOST=127.0.0.1 PORT=${port} is taken: stop the program .* or set PORT`),
    );
    expect(ended.code).toBe(69);
    taken.close();
  });

  it('when no PostgreSQL answers', async () => {
    const ended = await start(onDatabase((url) => (url.port = '1')));
    expectSentence(
      ended,
      /^DATABASE_URL \(.*:1\): no PostgreSQL answers \(.*ECONNREFUSED.*\)\. Start it, or/,
    );
    expect(ended.code).toBe(69);
  });

  it('when the role is not let in', async () => {
    const ended = await start(onDatabase((url) => (url.username = 'nobody_here')));
    expectSentence(
      ended,
      /^DATABASE_URL .*: PostgreSQL does not let "nobody_here" in .*Correct the password/,
    );
    expect(ended.code).toBe(77);
  });

  it('when there is no such database', async () => {
    const ended = await start(onDatabase((url) => (url.pathname = '/missing_books')));
    expectSentence(
      ended,
      /^DATABASE_URL .*: there is no database "missing_books"\. Create it: CREATE DATABASE/,
    );
    expect(ended.code).toBe(78);
  });

  it('when the role may not create tables', async () => {
    const name = `vostro_empty_${process.pid}`;
    await onServer(`CREATE DATABASE ${name}`);
    await onServer(`CREATE ROLE ${name} LOGIN PASSWORD 'secret'`);
    const ended = await start(
      onDatabase((url) => {
        [url.pathname, url.username, url.password] = [`/${name}`, name, 'secret'];
      }),
    );
    expectSentence(
      ended,
      new RegExp(`^DATABASE_URL .*: "${name}" lacks a privilege .*set DATABASE_OWNER_URL, or GRANT`),
    );
    expect(ended.code).toBe(77);
    await onServer(`DROP DATABASE ${name} WITH (FORCE)`);
    await onServer(`DROP ROLE ${name}`);
  });

  it('when VAR_DIR cannot be written', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    const ended = await start({ PORT: '0', VAR_DIR: join(file, 'var') });
    expectSentence(ended, /^VAR_DIR=\S+ cannot be written \(ENOTDIR .*\): set VAR_DIR/);
    expect(ended.code).toBe(73);
  });

  it('when a proxy is no network', async () => {
    const ended = await start({ PORT: '0', TRUST_PROXY: '10.0.0.0/99' });
    expectSentence(ended, /not usable:\n {2}- TRUST_PROXY must be IP addresses or CIDR blocks/);
    expect(ended.code).toBe(78);
  });

  it('when a variable is probably misspelt, and goes on', async () => {
    const ended = await start({
      ...onDatabase((url) => (url.port = '1')),
      LOG_LEVEL: 'warn',
      DATABSE_URL: 'postgres://db/books',
      HOSTNAME: 'x',
    });
    expect(ended.log).not.toMatch(/DATABSE_URL/);
    const { DATABASE_URL, ...rest } = onDatabase(() => undefined);
    const other = await start({
      ...rest,
      LOG_LEVEL: 'warn',
      DATABSE_URL: DATABASE_URL ?? '',
      VAR_DIR: join(folder, 'file', 'var'),
    });
    expect(other.log).toContain('DATABSE_URL is set, but no variable of Vostro: is DATABASE_URL meant?');
  });
});
