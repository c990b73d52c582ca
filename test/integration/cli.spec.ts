import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { createTestDatabase } from '../support/test-database.js';
import { testVariables } from '../support/test-environment.js';
import { createWorld, type World } from '../support/world.js';

const PROGRAM = join(__dirname, '../../dist/cli/vostro.js');
const HEADER =
  'customerIdentifier,accountIdentifier,displayName,contactEmail,currencyCode,fundingNotification';

type Ended = Awaited<ReturnType<typeof start>['ended']>;

let world: World;
let folder: string;

beforeAll(async () => {
  world = await createWorld();
}, 60_000);
afterAll(() => world.close());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vostro-cli-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function start(args: readonly string[], variables = testVariables(world.databaseUrl)) {
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    env: { PATH: process.env.PATH, ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const text = { out: '', err: '' };
  child.stdout.on('data', (chunk) => (text.out += String(chunk)));
  child.stderr.on('data', (chunk) => (text.err += String(chunk)));
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, ...text }));
  return { process: child, ended };
}

const linesOf = (path: string): string[] => readFileSync(path, 'utf8').trim().split('\n');
const vostro = (...args: string[]): Promise<Ended> => start(args).ended;
const errorOf = ({ err }: Ended): unknown => (JSON.parse(err) as { error: unknown }).error;
const objectsOf = ({ out }: Ended) =>
  (out.match(/.+/g) ?? []).map((line) => JSON.parse(line) as Record<string, unknown>);

describe('The command line', () => {
  it.each([
    [['--help'], 'Exit codes'],
    [['migrate', '--help'], 'vostro -- migrate'],
    [['admin', 'create', '--help'], 'vostro -- admin create --name'],
    [['keys', 'create', '--help'], 'vostro -- keys create --owner'],
    [['accounts', 'import', '--help'], 'vostro -- accounts import accounts.csv'],
  ])('explains itself with examples: %j', async (args, expected) => {
    const { code, out, err } = await start(args, {}).ended;
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain(expected);
  });

  it.each([
    [[], 'Usage'],
    [['admin'], 'Usage'],
    [['migrat'], 'unknown command'],
    [['admin', 'create', '--name', 'A', '--role', 'viewer'], 'name must have 3 to 100 characters'],
    [['admin', 'create', '--name', 'Ada', '--role', 'boss'], 'viewer, operator, approver'],
    [['keys', 'create', '--owner', 'cus_1_1', '--platform', 'plt_1'], 'exactly one of'],
    [['keys', 'create', '--platform', 'plt_1', '--networks', '192.0.2.1'], '--networks must hold only CIDR'],
    [['keys', 'create', '--platform', 'plt_1', '--scopes', 'api-keys:read'], '--scopes must be of'],
    [['keys', 'create', '--platform', 'plt_1', '--expires', '2020-01-01T00:00:00Z'], '--expires must be in'],
    [['keys', 'create', '--admin', 'adm_0_1', '--scopes', 'admin:read'], '--scopes is not for'],
    [['accounts', 'import', 'missing.csv', '--platform', 'plt_1'], 'missing.csv cannot be read'],
    [['accounts', 'import', 'missing.csv', '--platform', 'cus_1_1'], '--platform must be an id plt_'],
  ])('ends with 2 and the reason when it is used wrongly: %j', async (args, expected) => {
    const { code, out, err } = await start(args, {}).ended;
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(expected);
    expect(err).not.toContain('    at ');
  });

  it('tells programs the same as JSON', async () => {
    const ended = await vostro('admin', 'create', '--name', 'Ada', '--json');
    expect(ended.code).toBe(2);
    expect(errorOf(ended)).toEqual({ code: 'usage', message: expect.stringContaining('--role') });
  });

  it('names the variables that are missing, without a stack', async () => {
    const { code, err } = await start(['migrate'], { DATABASE_URL: world.databaseUrl }).ended;
    expect(code).toBe(2);
    expect(err).toContain('SECRET_PEPPER');
    expect(err).not.toContain('    at ');
  });

  it('ends with 1 when the database does not answer', async () => {
    const variables = testVariables('postgres://nobody@127.0.0.1:9/none');
    const ended = await start(['migrate', '--json'], variables).ended;
    expect(ended.code).toBe(1);
    const message = expect.stringContaining('ECONNREFUSED');
    expect(errorOf(ended)).toEqual({ code: 'service_unavailable', message });
  });

  it('brings the database up to date, also when it is', async () => {
    const ended = await vostro('migrate', '--json');
    expect([ended.code, objectsOf(ended)]).toEqual([0, [{ database: 'up_to_date' }]]);
  });
});

describe('Reference data from the command line', () => {
  it('goes into an empty database, once, and leaves one that has any alone', async () => {
    const database = await createTestDatabase('template0');
    const client = new Client({ connectionString: database.url });
    try {
      const both = [start(['reference-data', '--json'], testVariables(database.url))];
      both.push(start(['reference-data', '--json'], testVariables(database.url)));
      const ended = await Promise.all(both.map((program) => program.ended));
      const answers = ended.map((one) => objectsOf(one)[0]?.referenceData).sort();
      expect([ended.map(({ code }) => code), answers]).toEqual([
        [0, 0],
        ['seeded', 'unchanged'],
      ]);
      await client.connect();
      const { rows } = await client.query('SELECT count(*)::int AS n FROM products');
      expect(rows).toEqual([{ n: 8 }]);
    } finally {
      await client.end();
      await database.drop();
    }
    expect(objectsOf(await vostro('reference-data', '--json'))).toEqual([{ referenceData: 'unchanged' }]);
  });
});

describe('Keys from the command line', () => {
  const whoIs = (key: unknown, secret: unknown) =>
    world.send('GET', '/admin/me', { headers: { 'x-api-key': String(key), 'x-api-secret': String(secret) } });

  it('opens the admin API to a new admin, once per name', async () => {
    const args = ['admin', 'create', '--name', 'Ada Example', '--role', 'operator', '--json'];
    const ended = await vostro(...args);
    const [{ id, key, secret } = {}] = objectsOf(ended);
    const { status, body } = await whoIs(key, secret);
    expect([ended.code, status]).toEqual([0, 200]);
    expect(body).toMatchObject({ id, name: 'Ada Example', scopes: ['admin:read', 'admin:write'] });
    const again = await vostro(...args);
    const error = { code: 'name_taken', message: 'The name is taken.' };
    expect([again.code, again.out, errorOf(again)]).toEqual([4, '', error]);
    const entry = `action = 'admin.created' AND object_id = '${String(id)}' AND actor_name = 'command line'`;
    expect(await world.count('audit_entries', entry)).toBe(1);
  });

  it('gives an admin one more key', async () => {
    const { adminId } = await world.make.anAdmin('viewer');
    const ended = await vostro('keys', 'create', '--admin', `adm_0_${String(adminId)}`);
    const [, key, secret] = /Key +(\S+)\nSecret +(\S+)/.exec(ended.out) ?? [];
    expect((await whoIs(key, secret)).body).toMatchObject({ id: `adm_0_${String(adminId)}` });
  });

  it('issues a key of a customer with its limits, which opens the owner API', async () => {
    const { platformId, id } = await world.make.aCustomer();
    const customer = `cus_${platformId}_${id}`;
    const limits = ['--scopes', 'accounts:read', '--networks', '127.0.0.0/8', '--currencies', 'EUR,ZAR'];
    const ends = ['--expires', '2100-01-01T00:00:00Z'];
    const ended = await vostro('keys', 'create', '--owner', customer, ...limits, ...ends, '--json');
    const [issued = {}] = objectsOf(ended);
    expect(issued).toMatchObject({
      ...{ kind: 'owner', name: 'command line', customer, scopes: ['accounts:read'] },
      ...{ allowedNetworks: ['127.0.0.0/8'], allowedCurrencies: ['EUR', 'ZAR'] },
      expiresAt: '2100-01-01T00:00:00.000Z',
    });
    const headers = { 'x-api-key': String(issued.key), 'x-api-secret': String(issued.secret) };
    expect((await world.send('GET', '/api/v1/accounts', { headers })).status).toBe(200);
  });

  it('issues a key of a platform that may do all a platform may', async () => {
    const { id } = await world.make.aPlatform();
    const [issued] = objectsOf(await vostro('keys', 'create', '--platform', `plt_${id}`, '--json'));
    expect(issued?.scopes).toEqual(['accounts:read', 'accounts:write', 'customers:read', 'customers:write']);
  });

  it.each([
    ['--owner', 'cus_1_999999'],
    ['--platform', 'plt_999999'],
    ['--admin', 'adm_0_999999'],
  ])('refuses to issue to nobody: %s %s', async (option, id) => {
    const ended = await vostro('keys', 'create', option, id, '--json');
    expect([ended.code, errorOf(ended)]).toMatchObject([4, { code: 'object_not_found' }]);
  });
});

describe('An import of accounts', () => {
  let platformId: string;
  let customer: string;
  let out: string;
  beforeEach(async () => {
    const made = await world.make.aCustomer({ countryOfResidence: 'US' });
    platformId = made.platformId;
    customer = made.identifier;
    out = join(folder, 'accounts.csv.verdicts.csv');
  });

  const write = (lines: readonly string[], name = 'accounts.csv'): string => {
    const path = join(folder, name);
    writeFileSync(path, `${[HEADER, ...lines].join('\n')}\n`);
    return path;
  };
  const many = (count: number): string[] =>
    Array.from({ length: count }, (_, i) => `${customer},many-${i},Account ${i},ops@example.com,,`);
  const importing = (path: string, ...more: string[]): string[] =>
    ['accounts', 'import', path, '--platform', `plt_${platformId}`].concat(more);
  const verdicts = (): string[][] =>
    linesOf(out)
      .slice(1)
      .map((line) => line.split(','));
  const accounts = (): Promise<number> => world.count('accounts', `platform_id = ${platformId}`);
  const forgetLastVerdict = (): string => {
    const lines = linesOf(out);
    const last = lines.pop() ?? '';
    writeFileSync(out, `${lines.join('\n')}\n`);
    return last;
  };
  const untilVerdicts = async (count: number): Promise<void> => {
    while (!existsSync(out) || readFileSync(out, 'utf8').split('\n').length < count + 2) await delay(5);
  };
  /** Every line opened, once, in order, and nothing else. */
  const expectAllOpened = async (count: number): Promise<void> => {
    expect(verdicts().map(([line, , verdict]) => [line, verdict])).toEqual(
      Array.from({ length: count }, (_, i) => [String(i + 2), 'opened']),
    );
    expect(await accounts()).toBe(count);
  };

  const MIXED = (): string[] => [
    `${customer},Acme-USD-1,Acme operating,ops@example.com,,`,
    `${customer},acme-eur-1,"Acme, ""Europe""",ops@example.com,EUR,a@example.com; b@example.com`,
    `${customer},acme-usd-1,Acme again,ops@example.com,USD,`,
    '',
    `${customer},ab,Acme short,not an address,USD,`,
    'nobody-here,acme-usd-2,Acme nobody,ops@example.com,USD,',
    `${customer},acme-zar-1,Acme zar,ops@example.com,ZAR,`,
    `${customer},"never closed,Acme open,ops@example.com,USD,`,
    `${customer},acme-few`,
    `${customer},acme-usd-3,Acme operating,ops@example.com,USD,`,
  ];
  const MIXED_VERDICTS = [
    [2, 'Acme-USD-1', 'opened', null],
    [3, 'acme-eur-1', 'opened', null],
    [4, 'acme-usd-1', 'refused', 'account_identifier_taken'],
    [6, 'ab', 'invalid', 'validation_failed'],
    [7, 'acme-usd-2', 'refused', 'customer_not_found'],
    [8, 'acme-zar-1', 'invalid', 'validation_failed'],
    [9, '', 'invalid', 'csv_unreadable'],
    [10, '', 'invalid', 'csv_unreadable'],
    [11, 'acme-usd-3', 'opened', null],
  ];

  it('gives every line a verdict, ends with 3 for those it refused, and changes nothing when run again', async () => {
    const path = write(MIXED());
    const ended = await vostro(...importing(path, '--json'));
    const lines = objectsOf(ended);
    const summary = lines.pop();
    expect([ended.code, ended.err]).toEqual([3, '']);
    expect(lines.map((line) => [line.line, line.accountIdentifier, line.verdict, line.code])).toEqual(
      MIXED_VERDICTS,
    );
    expect(lines[3]?.message).toContain('contactEmail must be an e-mail address');
    expect(summary).toMatchObject({ opened: 3, refused: 2, invalid: 4, isComplete: true, output: out });
    const text = readFileSync(out, 'utf8');
    expect(text.split('\n')[0]).toBe('line,accountIdentifier,verdict,code,accountNumber,message');
    expect(verdicts()).toHaveLength(MIXED_VERDICTS.length);
    const europe = `account_identifier = 'acme-eur-1' AND display_name = 'Acme, "Europe"'
      AND funding_notification_emails = '{a@example.com,b@example.com}'`;
    expect(await world.count('accounts', europe)).toBe(1);
    const refusals = `platform_id = ${platformId} AND action = 'account.opening_refused'`;
    expect(await world.count('audit_entries', refusals)).toBe(1);
    const again = await vostro(...importing(path));
    expect(again.code).toBe(3);
    expect(again.out).toContain('3 opened, 2 refused, 4 invalid');
    expect(readFileSync(out, 'utf8')).toBe(text);
    expect(await accounts()).toBe(3);
  });

  it('reads a byte order mark, line ends of Windows, columns in any order and a last line without its end', async () => {
    const path = join(folder, 'accounts.csv');
    const line = `ops@example.com,Acme operating,acme-usd-1,${customer}`;
    writeFileSync(path, `\ufeffcontactEmail,displayName,accountIdentifier,customerIdentifier\r\n${line}`);
    expect((await vostro(...importing(path))).code).toBe(0);
    await expectAllOpened(1);
  });

  it('refuses a header that names a column nobody knows', async () => {
    const path = join(folder, 'accounts.csv');
    writeFileSync(path, `${HEADER.replace('currencyCode', 'currency')}\n`);
    const { code, err } = await vostro(...importing(path));
    expect([code, existsSync(out)]).toEqual([2, false]);
    expect(err).toContain('"currency" is unknown');
  });

  it('refuses to go on with the verdicts of another input', async () => {
    await vostro(...importing(write(many(1)), '--out', out));
    const before = readFileSync(out, 'utf8');
    const { code, err } = await vostro(...importing(write(many(2), 'other.csv'), '--out', out));
    expect(code).toBe(2);
    expect(err).toContain('does not hold the verdicts of this input');
    expect([readFileSync(out, 'utf8'), await accounts()]).toEqual([before, 1]);
  });

  it('goes on after kill -9: every line once, none refused, a half-written verdict cut off', async () => {
    const path = write(many(400));
    for (const count of [30, 120]) {
      const { process: child, ended } = start(importing(path));
      await untilVerdicts(count);
      child.kill('SIGKILL');
      await ended;
      expect(verdicts().length).toBeLessThan(400);
      appendFileSync(out, '399,many-39');
    }
    const { code, out: text } = await vostro(...importing(path));
    expect(code).toBe(0);
    expect(text).toContain('400 opened, 0 refused, 0 invalid');
    await expectAllOpened(400);
  }, 60_000);

  it('finds the account again that a line opened before its verdict was lost, also after a day', async () => {
    const path = write(many(3));
    await vostro(...importing(path));
    const lost = forgetLastVerdict();
    expect((await vostro(...importing(path))).code).toBe(0);
    expect(readFileSync(out, 'utf8')).toContain(`${lost}\n`);
    forgetLastVerdict();
    await world.dataSource.query(`DELETE FROM idempotency_records WHERE platform_id = ${platformId}`);
    await world.dataSource.query(
      `UPDATE customers SET kyc_status = 'pending' WHERE platform_id = ${platformId} AND identifier = '${customer}'`,
    );
    expect((await vostro(...importing(path))).code).toBe(0);
    expect(readFileSync(out, 'utf8')).toContain(`${lost}\n`);
    await expectAllOpened(3);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('ends after the current line with 130 on %s', async (signal) => {
    const path = write(many(400));
    const { process: child, ended } = start(importing(path, '--json'));
    await untilVerdicts(10);
    child.kill(signal);
    const result = await ended;
    expect(result.code).toBe(130);
    expect(objectsOf(result).at(-1)).toMatchObject({ isComplete: false, opened: verdicts().length });
    expect(await accounts()).toBe(verdicts().length);
  });

  it('opens nothing for a platform nobody knows', async () => {
    const ended = await vostro('accounts', 'import', write(many(1)), '--platform', 'plt_999999', '--json');
    expect([ended.code, errorOf(ended)]).toMatchObject([4, { code: 'object_not_found' }]);
    expect(existsSync(out)).toBe(false);
  });
});
