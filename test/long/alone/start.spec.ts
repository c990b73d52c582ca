import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import type { DemoFile } from '../../../src/demo/demo-file.js';
import { openFolder, type Program, run } from '../../support/program.js';
import { until } from '../../support/until.js';
import { createTestDatabase, type TestDatabase } from '../../support/test-database.js';
import { testVariables } from '../../support/test-environment.js';

const SECOND_START_MS = 5_000;
const READY = 'ready on';

const CTRL_C = '\u0003';
/** Arguments of `script`, which runs a program on a terminal: of util-linux, and of BSD. */
const inTerminal = (...command: string[]): string[] =>
  process.platform === 'linux'
    ? ['-qec', `exec ${command.join(' ')}`, '/dev/null']
    : ['-q', '/dev/null', ...command];

const bash = async (command: string): Promise<string> =>
  (await promisify(execFile)('bash', ['-c', command])).stdout;
const demoOf = (home: string): DemoFile =>
  JSON.parse(readFileSync(join(home, 'demo.json'), 'utf8')) as DemoFile;
const commandsOf = (home: string): string[] =>
  readFileSync(join(home, 'demo-commands.sh'), 'utf8').match(/^curl .*$/gm) ?? [];

/** The process id of the embedded server, if it is running. */
function serverOf(home: string): number | undefined {
  const path = join(home, 'postgres/postmaster.pid');
  return existsSync(path) ? Number(readFileSync(path, 'utf8').split('\n')[0]) : undefined;
}

/** The roles of the application's connections. */
async function rolesConnected(home: string): Promise<string[]> {
  const [, , , port] = readFileSync(join(home, 'postgres/postmaster.pid'), 'utf8').split('\n');
  const password = readFileSync(join(home, 'postgres.password'), 'utf8').trim();
  const client = new Client({
    host: '127.0.0.1',
    port: Number(port),
    user: 'vostro',
    password,
    database: 'vostro',
  });
  await client.connect();
  const { rows } = await client.query<{ role: string }>(
    `SELECT DISTINCT usename AS role FROM pg_stat_activity WHERE application_name LIKE 'vostro%'`,
  );
  await client.end();
  return rows.map(({ role }) => role);
}

async function start(home: string): Promise<Program> {
  const program = run('main.js', { VAR_DIR: home, PORT: '0' });
  await program.until(READY);
  return program;
}

describe('The app with only a folder', () => {
  let home: string;
  let program: Program | undefined;
  beforeAll(() => {
    home = openFolder();
  });
  afterEach(async () => {
    if (program?.process.exitCode === null && program.process.signalCode === null)
      await program.end('SIGTERM');
  });
  afterAll(() => {
    rmSync(home, { recursive: true, force: true });
  });

  const expectAccounts = async (): Promise<void> => {
    const answers = await Promise.all(commandsOf(home).map(bash));
    expect(answers.map((answer) => JSON.parse(answer))).toEqual([
      expect.objectContaining({ id: expect.stringMatching(/^acc_/), balance: 0 }),
      expect.objectContaining({ status: 'enabled', type: 'CACC' }),
      expect.objectContaining({ status: 'ACTIVE', accountNumber: expect.any(String) }),
    ]);
  };

  it('writes a command per API, each of which opens an account, and logs the URL of Swagger UI', async () => {
    program = await start(home);
    expect(commandsOf(home)).toHaveLength(3);
    expect(program.printed()).not.toContain(demoOf(home).owner.apiSecret);
    await expectAccounts();
    expect(await rolesConnected(home)).toEqual(['vostro_app']);
    const [, docs = ''] = /"docs":"([^"]+)"/.exec(program.printed()) ?? [];
    expect((await fetch(docs)).status).toBe(200);
    expect(await program.end('SIGINT')).toBe(0);
    expect(serverOf(home)).toBeUndefined();
  });

  it('prints the commands and the addresses on a terminal, and its log in a form for readers', async () => {
    const server = spawn('script', inTerminal(process.execPath, 'dist/main.js'), {
      env: { PATH: process.env.PATH, VAR_DIR: home, PORT: '0', LOG_LEVEL: 'info' },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    let printed = '';
    server.stdout.on('data', (chunk) => (printed += String(chunk)));
    while (!printed.includes('Credentials:')) await once(server.stdout, 'data');
    const { baseUrl, owner } = demoOf(home);
    for (const line of [`Vostro is ready on ${baseUrl}`, `Swagger UI: ${baseUrl}/docs`])
      expect(printed).toMatch(new RegExp(`^${line}\\r$`, 'm'));
    expect(printed.match(/^curl .*$/gm)?.[0]).toContain(owner.apiSecret);
    await fetch(`${baseUrl}/health/live`);
    while (!printed.includes('answered')) await once(server.stdout, 'data');
    expect(printed).toMatch(
      /^\S+Z INFO {2}answered requestId=\S+ method=GET route=\/health\/live statusCode=200 /m,
    );
    const ended = once(server, 'close');
    server.stdin.write(CTRL_C);
    expect(await ended).toEqual([0, null]);
    expect(serverOf(home)).toBeUndefined();
  }, 60_000);

  it('starts a second time within 5 seconds, with its data, its keys and new tokens', async () => {
    const first = demoOf(home);
    const startedAt = performance.now();
    program = await start(home);
    expect(performance.now() - startedAt).toBeLessThan(SECOND_START_MS);
    const second = demoOf(home);
    expect([second.owner, second.platform]).toEqual([first.owner, first.platform]);
    expect(second.workspace.accessToken).not.toBe(first.workspace.accessToken);
    await expectAccounts();
    const headers = { 'x-api-key': second.owner.apiKey, 'x-api-secret': second.owner.apiSecret };
    const accounts = await (await fetch(`${second.baseUrl}/api/v1/accounts`, { headers })).json();
    expect(accounts).toHaveLength(2);
    expect(readFileSync(join(home, 'postgres.log'), 'utf8')).not.toContain('not properly shut down');
  });

  it('stores the demo’s credentials in a file that only its owner can read, in the documented form', async () => {
    program = await start(home);
    const pair = { apiKey: expect.any(String), apiSecret: expect.any(String) };
    const access = {
      workspaceId: expect.any(Number),
      productId: expect.any(Number),
      accessToken: expect.any(String),
      refreshToken: expect.any(String),
    };
    const key = { key: expect.any(String), secret: expect.any(String) };
    expect(demoOf(home)).toEqual({
      baseUrl: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      owner: pair,
      ownerPending: pair,
      workspace: access,
      workspacePending: access,
      admin: key,
      platform: { ...key, customerIdentifier: 'demo-group', pendingCustomerIdentifier: 'demo-owner-pending' },
    });
    for (const name of [
      'demo.json',
      'demo-operators.json',
      'demo-commands.sh',
      'secrets.json',
      'postgres.password',
    ]) {
      expect(statSync(join(home, name)).mode & 0o777).toBe(0o600);
    }
  });

  it('has demo customers with pending KYC, which are refused', async () => {
    program = await start(home);
    const { baseUrl, ownerPending, workspacePending: pending, workspace } = demoOf(home);
    const post = (path: string, headers: Record<string, string>, body: object) =>
      fetch(baseUrl + path, {
        method: 'POST',
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json', ...headers },
      });
    const owner = { 'x-api-key': ownerPending.apiKey, 'x-api-secret': ownerPending.apiSecret };
    expect((await post('/api/v1/accounts', owner, { currency: 'ZAR' })).status).toBe(403);
    const bearer = {
      authorization: `Bearer ${pending.accessToken}`,
      'workspace-id': String(pending.workspaceId),
    };
    const refused = await post('/accounts', bearer, { productID: pending.productId });
    expect([refused.status, await refused.json()]).toMatchObject([400, { errorCode: 'kyc_not_completed' }]);
    const refresh = { authorization: `Bearer ${workspace.refreshToken}` };
    expect((await post('/sessions/tokens', refresh, {})).status).toBe(200);
  });

  it('leaves no database server running when it is killed, and recovers', async () => {
    program = await start(home);
    await program.end('SIGKILL');
    await until(() => serverOf(home) === undefined, { what: 'the end of PostgreSQL', withinMs: 30_000 });
    program = await start(home);
    await expectAccounts();
    expect(await program.end('SIGTERM')).toBe(0);
    expect(serverOf(home)).toBeUndefined();
  }, 60_000);

  it('serves twice from one folder, each until it is stopped', async () => {
    const first = await start(home);
    const { baseUrl } = demoOf(home);
    program = await start(home);
    expect(await first.end('SIGTERM')).toBe(0);
    expect(demoOf(home).baseUrl).not.toBe(baseUrl);
    await expectAccounts();
    expect(await program.end('SIGTERM')).toBe(0);
    expect(serverOf(home)).toBeUndefined();
  });

  it('reports when its port is in use, and leaves no database server running', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as { port: number };
    program = run('main.js', { VAR_DIR: home, PORT: String(port) });
    expect(await program.end()).toBe(69);
    expect(program.printed()).toContain(`PORT=${port} is taken`);
    expect(serverOf(home)).toBeUndefined();
    other.close();
  });

  it('has other secrets and credentials in another installation', async () => {
    const elsewhere = openFolder();
    program = await start(elsewhere);
    await program.end('SIGTERM');
    const [here, there] = [demoOf(home), demoOf(elsewhere)];
    expect(there.owner.apiSecret).not.toBe(here.owner.apiSecret);
    const secrets = [home, elsewhere].map((folder) => readFileSync(join(folder, 'secrets.json'), 'utf8'));
    expect(secrets[0]).not.toBe(secrets[1]);
    rmSync(elsewhere, { recursive: true });
  });
});

describe('The app with DATABASE_URL', () => {
  let home: string;
  let database: TestDatabase;
  beforeEach(async () => {
    home = openFolder();
    database = await createTestDatabase('template0');
  });
  afterEach(async () => {
    rmSync(home, { recursive: true, force: true });
    await database.drop();
  });

  const rowsOf = async (table: string): Promise<number> => {
    const client = new Client({ connectionString: database.url });
    await client.connect();
    const { rowCount } = await client.query(`SELECT 1 FROM ${table}`);
    await client.end();
    return rowCount ?? 0;
  };

  it('uses that server, migrates it, seeds nothing and writes nothing to the folder', async () => {
    const program = run('main.js', { ...testVariables(database.url), VAR_DIR: join(home, 'var'), PORT: '0' });
    await program.until('ready on');
    expect(await rowsOf('migrations')).toBeGreaterThan(0);
    expect(await rowsOf('customers')).toBe(0);
    expect(await rowsOf('currencies')).toBe(0);
    expect(existsSync(join(home, 'var'))).toBe(false);
    expect(await program.end('SIGTERM')).toBe(0);
  });

  it('refuses to start with invalid or missing variables, names each and shows no value', async () => {
    const bad = { DATABASE_URL: database.url, SECRET_PEPPER: 'too short', PORT: 'many', VAR_DIR: home };
    const program = run('main.js', bad);
    expect(await program.end()).toBe(78);
    const printed = program.printed();
    for (const name of ['SECRET_PEPPER', 'TOKEN_SIGNING_KEY', 'PORT']) expect(printed).toContain(name);
    for (const value of ['too short', 'many', new URL(database.url).password || 'no password']) {
      expect(printed).not.toContain(value);
    }
  });

  it('refuses to start with another pepper than the database’s, and names the variable', async () => {
    const variables = { ...testVariables(database.url), VAR_DIR: join(home, 'var'), PORT: '0' };
    const first = run('main.js', variables);
    await first.until('ready on');
    await first.end('SIGINT');
    const second = run('main.js', {
      ...variables,
      SECRET_PEPPER: 'another pepper that is as long as needed',
    });
    expect(await second.end()).toBe(78);
    expect(second.printed()).toContain('SECRET_PEPPER is not the one of this database');
  });

  it('exits with the reason when the database server does not answer', async () => {
    const program = run('main.js', testVariables('postgres://nobody@127.0.0.1:9/none'));
    expect(await program.end()).toBe(69);
    expect(program.printed()).toContain('ECONNREFUSED');
  });

  it('logs one line per response, without secrets, bodies and queries', async () => {
    const variables = { ...testVariables(database.url), LOG_LEVEL: 'info', VAR_DIR: home };
    for (let time = 1; time <= 2; time++) {
      const seed = run('cli/seed.js', variables);
      expect(await seed.end()).toBe(0);
      expect(seed.printed()).toContain(join(home, 'demo.json'));
    }
    expect(await rowsOf('customers')).toBe(6);
    const { platform, workspace } = demoOf(home);
    const program = run('main.js', { ...variables, PORT: '0' });
    await program.until('ready on');
    const [, url = ''] = /ready on (http:[^\s"]+)/.exec(program.printed()) ?? [];
    const authorization = `Basic ${Buffer.from(`${platform.key}:${platform.secret}`).toString('base64')}`;
    const body = JSON.stringify({
      accountIdentifier: 'x',
      displayName: 'a secret name',
      contactEmail: 'me@example.com',
    });
    const headers = { authorization, 'content-type': 'application/json' };
    await fetch(`${url}/customers/demo-group/accounts`, { method: 'POST', headers, body });
    await fetch(`${url}/raas/v2/accounts?contactEmail=me@example.com`, { headers });
    await fetch(`${url}/products`, { headers: { authorization: `Bearer ${workspace.accessToken}` } });
    expect(await program.end('SIGTERM')).toBe(0);
    const lines = program.printed().match(/"msg":"answered"/g);
    expect(lines).toHaveLength(3);
    expect(program.printed()).toContain('"route":"/raas/v2/accounts"');
    const secrets = [
      platform.secret,
      platform.key,
      authorization,
      workspace.accessToken,
      'a secret name',
      'me@example',
    ];
    expect(secrets.filter((secret) => program.printed().includes(secret))).toEqual([]);
  });
});
