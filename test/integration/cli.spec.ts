import { rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { AuditSealer } from '../../src/audit/audit-sealer.service.js';
import { SCOPES } from '../../src/auth/caller.js';
import { type Ended, errorOf, objectsOf, start as startWith } from '../support/cli.js';
import { createTestDatabase } from '../support/test-database.js';
import { testVariables } from '../support/test-environment.js';
import { VERSION } from '../../src/config/version.js';
import { createWorld, type World } from '../support/world.js';

let world: World;

beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

const start = (args: readonly string[], variables = testVariables(world.databaseUrl)) =>
  startWith(args, variables);
const vostro = (...args: string[]): Promise<Ended> => start(args).ended;

describe('The command line', () => {
  it('prints its version', async () => {
    expect(await start(['--version'], {}).ended).toMatchObject({ code: 0, out: `${VERSION}\n`, err: '' });
  });

  it.each([
    [['--help'], 'Exit codes'],
    [['migrate', '--help'], 'vostro -- migrate'],
    [['admin', 'create', '--help'], 'vostro -- admin create --name'],
    [['keys', 'create', '--help'], 'vostro -- keys create --owner'],
    [['accounts', 'import', '--help'], 'vostro -- accounts import accounts.csv'],
    [['accounts', 'import', '--help'], '--platform <id>  (required)'],
    [['admin', 'create', '--help'], '--name <name>  (required)'],
    [['keys', 'create', '--help'], 'exactly one of --owner, --platform and --admin'],
  ])('prints help with examples: %j', async (args, expected) => {
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
    [['keys', 'create', '--platform', 'plt_1', '--scopes', 'accounts:read,accounts:raed'], 'accounts:raed'],
    [['keys', 'create', '--owner', 'plt_1'], '--owner must be an id cus_…, not plt_1'],
    [['admin', 'disable', 'cus_1_1'], 'must be an id adm_0_…, not cus_1_1'],
    [['keys', 'rotate', 'adm_0_1'], 'must be an id crd_…, not adm_0_1'],
    [['verify', '--platform', '7'], '--platform must be an id plt_…, not 7'],
    [['accounts', 'import', '-', '--platform', 'plt_1'], '--out is required'],
    [['admin', 'role', 'adm_0_1', '--role', 'boss'], 'viewer, operator, approver'],
    [['keys', 'rotate', 'crd_1_1', '--overlap', '-1'], '--overlap must be'],
    [['accounts', 'import', 'missing.csv', '--platform', 'plt_1'], 'missing.csv cannot be read'],
    [['accounts', 'import', 'missing.csv', '--platform', 'cus_1_1'], '--platform must be an id plt_'],
  ])('exits with 2 and the reason when it is used wrongly: %j', async (args, expected) => {
    const { code, out, err } = await start(args, {}).ended;
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(expected);
    expect(err).not.toContain('    at ');
  });

  it('reports errors as JSON with --json', async () => {
    const ended = await vostro('admin', 'create', '--name', 'Ada', '--json');
    expect(ended.code).toBe(2);
    expect(errorOf(ended)).toEqual({ code: 'usage', message: expect.stringContaining('--role') });
  });

  it('names the missing variables, without a stack trace', async () => {
    const { code, err } = await start(['migrate'], { DATABASE_URL: world.databaseUrl }).ended;
    expect(code).toBe(2);
    expect(err).toContain('SECRET_PEPPER');
    expect(err).not.toContain('    at ');
  });

  it('exits with 1 when the database does not answer', async () => {
    const variables = testVariables('postgres://nobody@127.0.0.1:9/none');
    const ended = await start(['migrate', '--json'], variables).ended;
    expect(ended.code).toBe(1);
    const message = expect.stringMatching(
      /^DATABASE_URL \(127.0.0.1:9\): no PostgreSQL .*ECONNREFUSED.* Start it/,
    );
    expect(errorOf(ended)).toEqual({ code: 'service_unavailable', message });
  });

  it.each([
    ['/missing_books', 2, 'there is no database "missing_books"'],
    ['', 2, 'does not let "nobody_here" in'],
  ])('says in one sentence why the database cannot be used: %j', async (pathname, code, expected) => {
    const url = new URL(world.databaseUrl);
    if (pathname === '') url.username = 'nobody_here';
    else url.pathname = pathname;
    const ended = await start(['verify'], testVariables(url.href)).ended;
    expect([ended.code, ended.out]).toEqual([code, '']);
    expect(ended.err).toMatch(new RegExp(`^DATABASE_URL .*${expected}.*$`, 'm'));
    expect(ended.err.trim().split('\n')).toHaveLength(1);
  });

  it('names the object that it did not find', async () => {
    for (const args of [
      ['keys', 'revoke', 'crd_1_987654'],
      ['keys', 'create', '--platform', 'plt_987654'],
      ['admin', 'disable', 'adm_0_987654'],
    ]) {
      const { code, err } = await vostro(...args);
      expect([code, err]).toEqual([4, `There is no such object. (${args.at(-1) ?? ''})\n`]);
    }
  });

  it('migrates the database, also when it is up to date', async () => {
    const ended = await vostro('migrate', '--json');
    expect([ended.code, objectsOf(ended)]).toEqual([0, [{ database: 'up_to_date' }]]);
  });
});

describe('Reference data from the command line', () => {
  it('is inserted once into an empty database, and never into one that has any', async () => {
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

  it('grant a new admin access to the admin API, once per name', async () => {
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

  it('can be added to an admin', async () => {
    const { adminId } = await world.make.anAdmin('viewer');
    const ended = await vostro('keys', 'create', '--admin', `adm_0_${String(adminId)}`);
    const [, key, secret] = /Key +(\S+)\nSecret +(\S+)/.exec(ended.out) ?? [];
    expect((await whoIs(key, secret)).body).toMatchObject({ id: `adm_0_${String(adminId)}` });
  });

  it('of an admin can have networks and an expiry', async () => {
    const { adminId } = await world.make.anAdmin('viewer');
    const { code, out } = await vostro(
      ...['keys', 'create', '--admin', `adm_0_${adminId ?? ''}`],
      ...['--networks', '192.0.2.0/24', '--expires', '2090-01-01T00:00:00Z', '--json'],
    );
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      allowedNetworks: ['192.0.2.0/24'],
      expiresAt: '2090-01-01T00:00:00.000Z',
      kind: 'admin',
    });
  });

  it('lists admins, disables and enables one, and changes its role', async () => {
    const { adminId, name } = await world.make.anAdmin('operator');
    const id = `adm_0_${adminId ?? ''}`;
    const listed = await vostro('admin', 'list');
    expect(listed.out).toContain(`${id}  operator  active  1 keys, last used never  ${name}`);
    expect((await vostro('admin', 'disable', id)).out).toContain('disabled');
    expect(await world.count('admins', `id = ${adminId ?? ''} AND status = 'disabled'`)).toBe(1);
    expect((await vostro('admin', 'enable', id)).out).toContain('active');
    expect((await vostro('admin', 'role', id, '--role', 'viewer')).out).toContain('viewer');
    expect(await world.count('credentials', `admin_id = ${adminId ?? ''} AND scopes = '{admin:read}'`)).toBe(
      1,
    );
    expect((await vostro('admin', 'disable', 'adm_0_999999')).code).toBe(4);
  });

  it('prints signed heads of the audit chains, and verifies them later', async () => {
    await world.make.anAdmin('viewer');
    await world.app.get(AuditSealer).sealAll();
    const { code, out } = await vostro('audit', 'head', '--platform', 'plt_0');
    expect([code, out.trim().split('\n')]).toEqual([
      0,
      [expect.stringMatching(/^eyJ[\w-]+\.[\w-]+\.[\w-]+$/)],
    ]);
    const file = join(tmpdir(), `heads-${process.pid}.txt`);
    writeFileSync(file, out);
    const kept = await vostro('audit', 'verify', '--platform', 'plt_0', '--heads', file);
    expect([kept.code, kept.out]).toEqual([
      0,
      expect.stringMatching(/intact\nhead of plt_0 position \d+: in the chain/),
    ]);
    writeFileSync(file, `${out.trim().slice(0, -4)}AAAA\n`);
    const forged = await vostro('audit', 'verify', '--platform', 'plt_0', '--heads', file);
    expect([forged.code, forged.out]).toEqual([5, expect.stringContaining('not_signed')]);
    writeFileSync(file, out);
    await world.dataSource.query(`DELETE FROM audit_seals WHERE platform_id = 0 AND position =
      (SELECT max(position) FROM audit_seals WHERE platform_id = 0)`);
    const cut = await vostro('audit', 'verify', '--platform', 'plt_0', '--heads', file);
    expect([cut.code, cut.out]).toEqual([5, expect.stringContaining('link_missing')]);
    rmSync(file);
  });

  it('rotates and revokes any key, including an admin’s', async () => {
    const issued = await world.make.anAdmin('approver');
    const name = `crd_0_${issued.id}`;
    const rotated = await vostro('keys', 'rotate', name, '--overlap', '0', '--json');
    const { key, secret } = JSON.parse(rotated.out) as { key: string; secret: string };
    expect([key, secret === issued.secret]).toEqual([issued.key, false]);
    const headers = { 'x-api-key': key, 'x-api-secret': secret };
    expect((await world.send('GET', '/admin/me', { headers })).status).toBe(200);
    expect((await vostro('keys', 'revoke', name)).code).toBe(0);
    expect(await world.count('credentials', `id = ${issued.id} AND revoked_at IS NOT NULL`)).toBe(1);
    expect((await vostro('keys', 'revoke', name)).code).toBe(4);
  });

  it('issues a key of a customer with its limits, which grants access to the owner API', async () => {
    const { platformId, id } = await world.make.aCustomer();
    const customer = `cus_${platformId}_${id}`;
    const limits = ['--scopes', 'accounts:read', '--networks', '127.0.0.0/8', '--currencies', 'EUR,ZAR'];
    const ends = ['--expires', '2100-01-01T00:00:00Z'];
    const ended = await vostro('keys', 'create', '--owner', customer, ...limits, ...ends, '--json');
    const [issued = {}] = objectsOf(ended);
    expect(issued).toMatchObject({
      kind: 'owner',
      name: 'command line',
      customer,
      scopes: ['accounts:read'],
      allowedNetworks: ['127.0.0.0/8'],
      allowedCurrencies: ['EUR', 'ZAR'],
      expiresAt: '2100-01-01T00:00:00.000Z',
    });
    const headers = { 'x-api-key': String(issued.key), 'x-api-secret': String(issued.secret) };
    expect((await world.send('GET', '/api/v1/accounts', { headers })).status).toBe(200);
  });

  it('issues a key of a platform with every scope of the platform API', async () => {
    const { id } = await world.make.aPlatform();
    const [issued] = objectsOf(await vostro('keys', 'create', '--platform', `plt_${id}`, '--json'));
    expect(issued?.scopes).toEqual([...SCOPES]);
  });

  it.each([
    ['--owner', 'cus_1_999999'],
    ['--platform', 'plt_999999'],
    ['--admin', 'adm_0_999999'],
  ])('refuses to issue a key for an unknown id: %s %s', async (option, id) => {
    const ended = await vostro('keys', 'create', option, id, '--json');
    expect([ended.code, errorOf(ended)]).toMatchObject([4, { code: 'object_not_found' }]);
  });
});
