import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { DOMParser } from '@xmldom/xmldom';
import { type Ended, errorOf, objectsOf, start } from '../support/cli.js';
import type { PlantedFault } from '../support/faulty/faults.js';
import { FAULTY_CREDENTIALS, startFaultyServer } from '../support/faulty/faulty-server.js';
import { listen } from '../support/faulty/wire.js';

const SECRETS = /(owner|pending|platform|access|refresh)-(key|secret|token)-of-the-test/;
const folder = mkdtempSync(join(tmpdir(), 'vostro-contract-'));
const file = (name: string, content: object = FAULTY_CREDENTIALS): string => {
  writeFileSync(join(folder, name), JSON.stringify(content));
  return join(folder, name);
};
const CREDENTIALS = file('credentials.json');
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const contract = (args: readonly string[], variables: NodeJS.ProcessEnv = {}): Promise<Ended> =>
  start(['contract', ...args], variables).ended;

async function against(fault: PlantedFault | null, ...args: string[]): Promise<Ended> {
  const server = await startFaultyServer(...(fault === null ? [] : [fault]));
  try {
    return await contract(['--base-url', server.url, '--credentials', CREDENTIALS, ...args]);
  } finally {
    await server.close();
  }
}

describe('vostro contract', () => {
  it('exits with 0 when every check passes, needs no database, and lists what it created', async () => {
    const { code, out, err } = await against(null);
    expect(code).toBe(0);
    expect(out).toMatch(/^check +result +ms\nowner\/open-account-201 +ok +\d+\n/);
    expect(out).toMatch(/\nCreated:\n {2}owner: account acc_[0-9A-F]{12} in ZAR\n/);
    expect(out).toMatch(/\n {2}platform: customer check-[0-9a-f]{8}-customer\n/);
    expect(out).toMatch(/\n\d{3} passed, 0 failed, 1 skipped\n$/);
    expect(err).toMatch(/^Checking owner, workspace, platform at http:\/\/127\.0\.0\.1:\d+: \d{3} checks\n$/);
    expect(`${out}${err}`).not.toMatch(SECRETS);
  });

  it('exits with 6 when a check fails, and shows the request, the expectation and the response', async () => {
    const { code, out, err } = await against('owner: balances are added as floats', '--api', 'owner');
    expect(code).toBe(6);
    expect(err).toMatch(/\d+\/\d+ owner\/amounts-are-exact failed\n/);
    expect(out).toContain(
      [
        '  owner/amounts-are-exact',
        '    contract  Balances are JSON numbers of major units, exact: no more decimals than the currency has.',
        '    request   GET /api/v1/accounts',
        '    expected  the documented form',
        '    found     [0].balance must be a number with at most 2 decimals, is 0.30000000000000004',
      ].join('\n'),
    );
  });

  it('reports as JSON, and as JUnit XML', async () => {
    const junit = join(folder, 'junit.xml');
    const ended = await against(
      'workspace: KYC is ignored',
      '--api',
      'workspace',
      '--json',
      '--junit',
      junit,
    );
    expect([ended.code, ended.err]).toEqual([6, '']);
    const [report] = objectsOf(ended) as [
      { checks: { name: string }[]; created: unknown[]; summary: object },
    ];
    expect(report.summary).toMatchObject({ failed: 1 });
    expect(report.checks.find(({ name }) => name === 'workspace/kyc-not-completed-400')).toEqual({
      api: 'workspace',
      name: 'workspace/kyc-not-completed-400',
      level: 'contract',
      destructive: false,
      sentence: expect.any(String),
      result: 'failed',
      ms: expect.any(Number),
      reason: expect.any(String),
      call: expect.stringMatching(/^POST \/accounts /),
      expected: 'status 400',
      found: expect.stringMatching(/^200 /),
    });
    // The account that was opened by mistake is on the server as well.
    expect(JSON.stringify(report.created)).toContain(' pending');
    const document = new DOMParser().parseFromString(readFileSync(junit, 'utf8'), 'text/xml');
    expect(document.getElementsByTagName('testcase')).toHaveLength(report.checks.length);
    expect(document.getElementsByTagName('failure')).toHaveLength(1);
    expect(`${ended.out}${readFileSync(junit, 'utf8')}`).not.toMatch(SECRETS);
    // No temporary file remains.
    expect(readdirSync(folder).filter((name) => name.startsWith('junit'))).toEqual(['junit.xml']);
  });

  it('finds secrets in responses, and does not repeat them', async () => {
    const junit = join(folder, 'secret.xml');
    const [people, programs] = await Promise.all([
      against('owner: an error repeats the secret', '--junit', junit),
      against('workspace: a header repeats the token', '--json'),
    ]);
    expect([people.code, programs.code]).toEqual([6, 6]);
    expect(people.out).toContain('    found     the API secret of owner in the answer');
    expect(programs.out).toContain('the access token of workspace in the answer');
    expect(JSON.stringify([people, programs, readFileSync(junit, 'utf8')])).not.toMatch(SECRETS);
  });

  it('lists its checks with their meaning, and sends no request', async () => {
    const { code, out, err } = await contract(['--list', '--api', 'owner']);
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/^owner\/duplicate-409 \(contract\)\n {2}An owner has one account per currency/m);
    expect(out).not.toContain('(contract, strict)');
  });
});

describe('vostro contract that cannot run', () => {
  it('exits with 1 and a message when nothing answers at the URL, here from a variable', async () => {
    const server = await startFaultyServer();
    await server.close();
    const { apiKey, apiSecret } = FAULTY_CREDENTIALS.owner;
    const variables = {
      VOSTRO_CONTRACT_OWNER_KEY: apiKey,
      VOSTRO_CONTRACT_OWNER_SECRET: apiSecret,
      VOSTRO_CONTRACT_BASE_URL: server.url,
    };
    const ended = await contract(['--json'], variables);
    const message = expect.stringMatching(`^Nothing answers at ${server.url}: .*ECONNREFUSED`);
    expect([ended.code, ended.out, errorOf(ended)]).toEqual([1, '', { code: 'unreachable', message }]);
  });

  it('exits with 2 and the reason when it is used wrongly', async () => {
    const { code, out, err } = await contract(['--credentials', join(folder, 'missing.json')]);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(/missing\.json cannot be read: .*\nSee --help\.\n$/);
  });

  it('does not succeed when every check was skipped', async () => {
    const lone = file('lone.json', { owner: FAULTY_CREDENTIALS.owner });
    const server = await startFaultyServer();
    const args = ['--base-url', server.url, '--credentials', lone, '--only', 'owner/kyc*'];
    const { code, err } = await contract(args);
    await server.close();
    expect([code, err]).toEqual([2, expect.stringContaining('nothing could be checked')]);
  });

  it('exits with 130 when interrupted, and still lists what it created', async () => {
    const server = await startFaultyServer();
    const slow = await listen(async ({ method, path, headers, raw }) => {
      await pause(path === '/' ? 0 : 30);
      const kept = Object.entries(headers).filter(([name]) => /^(x-api|content-type)/.test(name));
      const init = { method, headers: kept as [string, string][], ...(raw === '' ? {} : { body: raw }) };
      const answer = await fetch(`${server.url}${path}`, init);
      // One account is open, and dozens of checks remain.
      if (answer.status === 201) program.process.kill('SIGINT');
      return { status: answer.status, json: await answer.json() };
    });
    const program = start(
      ['contract', '--base-url', slow.url, '--credentials', CREDENTIALS, '--api', 'owner'],
      {},
    );
    const { code, out } = await program.ended;
    await Promise.all([slow.close(), server.close()]);
    expect(code).toBe(130);
    expect(out).toMatch(/owner: account acc_/);
    expect(out).toMatch(/: interrupted\n/);
  });
});

describe('The program of the checker’s package', () => {
  const PROGRAM = 'packages/contract-checker/bin/vostro-contract-checker.js';
  const runProgram = (...args: string[]): Promise<Ended> =>
    start(args, {}, { program: resolve(PROGRAM) }).ended;

  it('takes the options of vostro contract, and prints and exits like it', async () => {
    const [program, command] = await Promise.all([runProgram('--list'), contract(['--list'])]);
    expect(program).toEqual(command);
    expect(program.code).toBe(0);
    const server = await startFaultyServer('owner: balances are added as floats');
    const args = ['--base-url', server.url, '--credentials', CREDENTIALS, '--api', 'owner'];
    const { code, out } = await runProgram(...args);
    await server.close();
    expect([code, out]).toEqual([6, expect.stringContaining('owner/amounts-are-exact')]);
  });

  it.each([[['--bogus']], [['extra']], [['--api', 'admin']], [['--bogus', '--json']], [[]]])(
    'refuses %j like vostro contract',
    async (args) => {
      const [program, command] = await Promise.all([runProgram(...args), contract(args)]);
      expect(program.code).toBe(2);
      // The only difference: Commander names the command that has too many arguments.
      expect(program).toEqual({ ...command, err: command.err.replace(" for 'contract'", '') });
    },
  );

  it('prints its options and examples', async () => {
    const { code, out } = await runProgram('--help');
    expect(code).toBe(0);
    expect(out).toContain('Usage: vostro-contract-checker [options]');
    expect(out).toContain('\n  npx vostro-contract-checker --credentials var/demo.json\n');
  });
});

describe('vostro contract in an installation without packages/', () => {
  const SENTENCE =
    'This installation does not contain the contract checker: run `npm run vostro -- contract` in a checkout of Vostro.';
  const installation = join(folder, 'installation');
  const run = (...args: string[]): Promise<Ended> =>
    start(args, {}, { program: join(installation, 'dist/cli/vostro.js') }).ended;
  beforeAll(() => {
    mkdirSync(join(installation, 'node_modules'), { recursive: true });
    for (const name of ['dist', 'package.json']) cpSync(name, join(installation, name), { recursive: true });
    for (const name of readdirSync('node_modules').filter((each) => !['.bin', '@vostro'].includes(each)))
      symlinkSync(resolve('node_modules', name), join(installation, 'node_modules', name));
  });

  it('says in one sentence where the checker is, and exits with 2', async () => {
    const ended = await run('contract', '--credentials', CREDENTIALS, '--strict');
    expect(ended).toEqual({ code: 2, out: '', err: `${SENTENCE}\n` });
    const asJson = await run('contract', '--list', '--json');
    expect([asJson.code, errorOf(asJson)]).toEqual([2, { code: 'not_installed', message: SENTENCE }]);
  });

  it('lists the command with that sentence, beside the other commands', async () => {
    const { code, out } = await run('--help');
    expect(code).toBe(0);
    expect(out.replace(/\s+/g, ' ')).toContain(SENTENCE);
    expect(out).toMatch(/^ {2}verify /m);
  });
});
