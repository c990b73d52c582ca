import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { resolve } from 'node:path';
import { run } from '../support/program.js';
import { databaseNameOf, onServer } from '../support/test-database.js';
import { testVariables } from '../support/test-environment.js';
import { createWorld, type World } from '../support/world.js';

const UTC = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'];

type Line = Record<string, unknown> & { level: string; time: string; msg: string };

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

/** Runs the server and collects both channels until it ends. */
function serve(variables: Record<string, string> = {}) {
  const child = spawn(process.execPath, [resolve('dist/main.js')], {
    env: {
      PATH: process.env.PATH,
      PORT: '0',
      ...testVariables(world.databaseUrl),
      LOG_LEVEL: 'info',
      ...variables,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const text = { out: '', err: '' };
  child.stdout.on('data', (chunk) => (text.out += String(chunk)));
  child.stderr.on('data', (chunk) => (text.err += String(chunk)));
  const ended = once(child, 'close').then(([code]) => code as number | null);
  const until = async (pattern: RegExp): Promise<RegExpExecArray> => {
    for (;;) {
      const found = pattern.exec(text.out);
      if (found !== null) return found;
      const isOver = await Promise.race([
        ended.then(() => true),
        once(child.stdout, 'data').then(() => false),
      ]);
      if (isOver && !pattern.test(text.out)) throw new Error(`the server ended:\n${text.out}${text.err}`);
    }
  };
  const end = () => {
    child.kill('SIGTERM');
    return ended;
  };
  return { text, until, end, ended };
}

/** @throws SyntaxError when a line is not JSON */
const linesOf = (out: string): Line[] =>
  out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);

describe('The log of a server whose output is no terminal', () => {
  it('has a JSON object per line, each with its level and the time in UTC', async () => {
    const server = serve({ DATABSE_URL: 'x', LOG_LEVEL: 'trace', DATABASE_DIRECT_URL: world.databaseUrl });
    const [, url = ''] = await server.until(/"url":"(http:[^"]+)"/);
    await fetch(`${url}/nowhere`);
    expect(await server.end()).toBe(0);
    expect(server.text.err).toBe('');
    const lines = linesOf(server.text.out);
    for (const { time, level } of lines) {
      expect(time).toMatch(UTC);
      expect(LEVELS).toContain(level);
    }
    const messages = lines.map(({ msg }) => msg);
    expect(messages).toContain(`Vostro is ready on ${url}`);
    // Of Nest, at a level that is read for debugging alone.
    expect(lines.find(({ context }) => context === 'InstanceLoader')).toMatchObject({ level: 'debug' });
    expect(lines.filter(({ msg }) => msg === 'answered')).toHaveLength(1);
  }, 30_000);

  it('names request, actor and tenant where a line belongs to a request, and no secret', async () => {
    const customer = await world.make.aCustomer();
    const headers = await world.make.platformHeaders(customer.platformId);
    const server = serve();
    const [, url = ''] = await server.until(/"url":"(http:[^"]+)"/);
    const id = '5f0c5c0e-1a52-4c1f-9c39-0d0d3a1f7d10';
    const call = (more: object = {}) =>
      fetch(`${url}/customers/${customer.identifier}/accounts`, {
        headers: { ...(headers as Record<string, string>), 'x-request-id': id, ...more },
      });
    expect((await call()).status).toBe(200);
    const wrong = `Basic ${Buffer.from('vk_1_nobody:not the secret').toString('base64')}`;
    expect((await call({ authorization: wrong })).status).toBe(401);
    const name = databaseNameOf(world.databaseUrl);
    await onServer(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
    await onServer('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [name]);
    const failed = await call();
    await onServer(`ALTER DATABASE ${name} ALLOW_CONNECTIONS true`);
    expect(failed.status).toBe(503);
    await server.end();
    const lines = linesOf(server.text.out).filter(({ requestId }) => requestId === id);
    const tenant = `plt_${customer.platformId}`;
    expect(lines[0]).toMatchObject({ msg: 'answered', tenant, statusCode: 200 });
    expect(lines[0]?.actor).toMatch(/^crd_\d+_\d+$/);
    expect(lines.filter(({ msg }) => msg === 'security event')).toHaveLength(1);
    const refused = lines.find(({ statusCode }) => statusCode === 401);
    expect(refused).toMatchObject({ msg: 'answered' });
    expect(refused).not.toHaveProperty('actor');
    expect(lines.find(({ error }) => error === 'service_unavailable')).toMatchObject({ level: 'warn' });
    for (const secret of [...Object.values(headers as Record<string, string>), 'not the secret'])
      expect(server.text.out).not.toContain(secret);
  }, 30_000);

  it('warns of a misspelt variable in the same form', async () => {
    const server = serve({ LOG_LEVEL: 'warn', SMTP_ULR: 'smtp://127.0.0.1' });
    await server.until(/ready on/);
    await server.end();
    expect(linesOf(server.text.out)).toContainEqual(
      expect.objectContaining({ level: 'warn', msg: expect.stringContaining('SMTP_ULR is set') }),
    );
  }, 30_000);

  it('leaves a start that fails to the sentence on standard error', async () => {
    const taken = createServer();
    await once(taken.listen(0, '127.0.0.1'), 'listening');
    const { port } = taken.address() as { port: number };
    const server = serve({ PORT: String(port) });
    expect(await server.ended).toBe(69);
    expect(server.text.out).toBe('');
    expect(server.text.err).toMatch(/^HOST=\S+ PORT=\d+ is taken: .*\n$/);
    taken.close();
  }, 30_000);

  it('says that it is ready at every level', async () => {
    const program = run('main.js', { ...testVariables(world.databaseUrl), LOG_LEVEL: 'silent', PORT: '0' });
    await program.until('ready on');
    expect(await program.end('SIGTERM')).toBe(0);
    expect(linesOf(program.printed())).toEqual([
      expect.objectContaining({ level: 'info', msg: expect.stringMatching(/^Vostro is ready on http:/) }),
    ]);
  }, 30_000);
});
