import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorOf, start } from '../support/cli.js';
import { openFolder } from '../support/program.js';
import { createTestDatabase } from '../support/test-database.js';
import { testVariables } from '../support/test-environment.js';

const READY_WITHIN_MS = 60_000;

interface Ready {
  baseUrl: string;
  pid: number;
  owner: { apiKey: string; apiSecret: string };
  sandbox: { token: string; platformId: string };
}

// A temporary folder of this test's own: everything a sandbox leaves is in it, and nothing else.
const folder = openFolder();
const started: ReturnType<typeof start>[] = [];
let counter = 0;

afterAll(async () => {
  for (const { process } of started) process.kill('SIGTERM');
  await Promise.all(started.map(({ ended }) => ended));
  rmSync(folder, { recursive: true, force: true });
});

function startSandbox(variables: NodeJS.ProcessEnv = {}, args: readonly string[] = []) {
  const readyFile = join(folder, `ready-${++counter}.json`);
  writeFileSync(readyFile, 'of an earlier run');
  const run = start(['sandbox', '--ready-file', readyFile, ...args], { TMPDIR: folder, ...variables });
  started.push(run);
  return { ...run, readyFile, ready: () => readiness(readyFile, run) };
}

/** Waits like a script: for the file, which exists only when the sandbox is ready. */
async function readiness(path: string, { ended }: ReturnType<typeof start>): Promise<Ready> {
  const run = { isOver: false };
  void ended.then(() => (run.isOver = true));
  for (const deadline = Date.now() + READY_WITHIN_MS; Date.now() < deadline && !run.isOver; await pause(20)) {
    const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
    if (text !== '' && text !== 'of an earlier run') return JSON.parse(text) as Ready;
  }
  throw new Error(run.isOver ? `it ended: ${(await ended).err}` : 'it does not become ready');
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const leftovers = () => readdirSync(folder).filter((name) => name.startsWith('vostro-sandbox-'));

/** PostgreSQL processes with data below this test's folder. */
function servers(): string[] {
  if (process.platform !== 'linux') return [];
  const commands = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return commands.filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(folder) && isPostgres(pid);
    } catch {
      // The process ended meanwhile.
      return false;
    }
  });
}

const isPostgres = (pid: string) => /postgres|initdb/.test(readFileSync(`/proc/${pid}/cmdline`, 'utf8'));

async function untilNothingIsLeft(): Promise<void> {
  for (const deadline = Date.now() + 20_000; Date.now() < deadline; await pause(50))
    if (leftovers().length === 0 && servers().length === 0) return;
  throw new Error(`left: ${[...leftovers(), ...servers()].join(', ')}`);
}

describe('vostro sandbox', () => {
  it('runs twice at once as separate banks, and leaves nothing when it is stopped', async () => {
    const [one, two] = [startSandbox(), startSandbox({}, ['--json'])];
    const [first, second] = await Promise.all([one.ready(), two.ready()]);
    expect(first.baseUrl).not.toBe(second.baseUrl);
    expect(first.owner.apiKey).not.toBe(second.owner.apiKey);
    expect([first.pid, second.pid]).toEqual([one.process.pid, two.process.pid]);
    expect(statSync(one.readyFile).mode & 0o777).toBe(0o600);
    const call = ({ baseUrl, owner }: Ready) =>
      fetch(`${baseUrl}/api/v1/accounts`, {
        headers: { 'x-api-key': owner.apiKey, 'x-api-secret': owner.apiSecret },
      });
    expect([(await call(first)).status, (await call(second)).status]).toEqual([200, 200]);
    expect((await call({ ...first, owner: second.owner })).status).toBe(401);
    const reset = await fetch(`${first.baseUrl}/sandbox/platforms/${first.sandbox.platformId}/reset`, {
      method: 'POST',
      headers: { authorization: `Bearer ${first.sandbox.token}` },
    });
    expect(reset.status).toBe(200);
    expect((await call(first)).status).toBe(200);
    one.process.kill('SIGTERM');
    // As npm and the terminal do: both pass a Ctrl-C on.
    two.process.kill('SIGINT');
    two.process.kill('SIGINT');
    const [ended, endedToo] = await Promise.all([one.ended, two.ended]);
    expect([ended.code, endedToo.code]).toEqual([0, 0]);
    expect(JSON.parse(endedToo.out)).toEqual(second);
    expect([existsSync(one.readyFile), existsSync(two.readyFile)]).toEqual([false, false]);
    expect([...leftovers(), ...servers()]).toEqual([]);
  }, 120_000);

  it('leaves nothing when it is stopped during its start, or killed when it is ready', async () => {
    const early = startSandbox();
    while (leftovers().length === 0) await pause(5);
    early.process.kill('SIGTERM');
    expect((await early.ended).code).toBe(130);
    expect(existsSync(early.readyFile)).toBe(false);
    expect([...leftovers(), ...servers()]).toEqual([]);
    const killed = startSandbox();
    await killed.ready();
    expect([leftovers().length, servers().length > 0]).toEqual([1, process.platform === 'linux']);
    killed.process.kill('SIGKILL');
    await killed.ended;
    await untilNothingIsLeft();
  }, 120_000);

  it('refuses a database from the environment, unless it is declared a sandbox', async () => {
    const database = await createTestDatabase();
    const refused = startSandbox(testVariables(database.url), ['--json']);
    const { code, ...text } = await refused.ended;
    expect(code).toBe(2);
    expect(errorOf({ code, ...text })).toMatchObject({ code: 'configuration' });
    expect(text.err).toContain('only with SANDBOX=1');
    const tokenless = startSandbox({ ...testVariables(database.url), SANDBOX: '1' });
    expect((await tokenless.ended).err).toContain('SANDBOX_TOKEN is required');
    const allowed = startSandbox({
      ...testVariables(database.url),
      SANDBOX: '1',
      SANDBOX_TOKEN: 'x'.repeat(32),
    });
    expect((await allowed.ready()).sandbox.token).toBe('x'.repeat(32));
    allowed.process.kill('SIGTERM');
    expect((await allowed.ended).code).toBe(0);
    await database.drop();
  }, 120_000);

  it.each([
    ['--port', '65536'],
    ['--port', 'x'],
    ['--prot', '1'],
  ])('refuses %s %s', async (...args) => {
    const { ended } = startSandbox({}, args);
    expect((await ended).code).toBe(2);
  });
});
