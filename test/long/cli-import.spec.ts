import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Ended, errorOf, objectsOf, start as startWith } from '../support/cli.js';
import { testVariables } from '../support/test-environment.js';
import { createWorld, type World } from '../support/world.js';

const HEADER =
  'customerIdentifier,accountIdentifier,displayName,contactEmail,currencyCode,fundingNotification';

let world: World;
let folder: string;

beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vostro-cli-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const start = (args: readonly string[], variables = testVariables(world.databaseUrl), input = '') =>
  startWith(args, variables, { input });
const linesOf = (path: string): string[] => readFileSync(path, 'utf8').trim().split('\n');
const vostro = (...args: string[]): Promise<Ended> => start(args).ended;

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
  /** Every line was opened, once and in order, and no other account. */
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

  it('gives every line a verdict, exits with 3 when lines were refused, and changes nothing when run again', async () => {
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

  it('accepts a byte order mark, CRLF, columns in any order and a last line without a line break', async () => {
    const path = join(folder, 'accounts.csv');
    const line = `ops@example.com,Acme operating,acme-usd-1,${customer}`;
    writeFileSync(path, `\ufeffcontactEmail,displayName,accountIdentifier,customerIdentifier\r\n${line}`);
    expect((await vostro(...importing(path))).code).toBe(0);
    await expectAllOpened(1);
  });

  it('reads standard input, and newline-delimited JSON with the fields of the platform API', async () => {
    const account = (id: string, more: object = {}): object => ({
      customerIdentifier: customer,
      accountIdentifier: id,
      displayName: 'Acme operating',
      contactEmail: 'ops@example.com',
      ...more,
    });
    const lines = [
      account('json-usd-1', { fundingNotification: [{ emailAddress: 'a@example.com' }] }),
      account('json-usd-2', { currency: 'EUR' }),
      account('json-eur-1', { currencyCode: 'EUR' }),
    ].map((line) => JSON.stringify(line));
    const input = [...lines.slice(0, 2), '', '{"accountIdentifier":', ...lines.slice(2)].join('\n');
    const args = ['accounts', 'import', '-', '--platform', `plt_${platformId}`, '--out', out, '--json'];
    for (const run of ['first', 'again']) {
      const { process: child, ended } = start(args, undefined, input);
      const { code, err, ...text } = await ended;
      expect([run, code, err]).toEqual([run, 3, '']);
      expect(objectsOf({ code, err, ...text }).at(-1)).toMatchObject({ opened: 2, refused: 0, invalid: 2 });
      expect(child.exitCode).toBe(3);
    }
    expect(verdicts().map(([line, id, verdict, code]) => [line, id, verdict, code])).toEqual([
      ['1', 'json-usd-1', 'opened', ''],
      ['2', 'json-usd-2', 'invalid', 'validation_failed'],
      ['4', '', 'invalid', 'json_unreadable'],
      ['5', 'json-eur-1', 'opened', ''],
    ]);
    const first = `account_identifier = 'json-usd-1' AND funding_notification_emails = '{a@example.com}'`;
    expect(await world.count('accounts', first)).toBe(1);
    expect(await world.count('audit_entries', `reason = 'line 5 of standard input'`)).toBe(1);
  });

  it('says what is wrong with a quote, with no other line number than that of the verdict', async () => {
    const path = write([
      `${customer},"never closed,Acme open,ops@example.com,USD,`,
      `${customer},acme-usd-1,"Acme "operating",ops@example.com,USD,`,
      `${customer},acme-usd-2,Acme "operating",ops@example.com,USD,`,
    ]);
    const ended = await vostro(...importing(path, '--json'));
    expect(objectsOf(ended).slice(0, 3)).toEqual(
      [2, 3, 4].map((line) =>
        expect.objectContaining({
          line,
          code: 'csv_unreadable',
          message: expect.stringMatching(/^a quote [^0-9]*$/),
        }),
      ),
    );
  });

  it('refuses an unknown column', async () => {
    const path = join(folder, 'accounts.csv');
    writeFileSync(path, `${HEADER.replace('currencyCode', 'currency')}\n`);
    const { code, err } = await vostro(...importing(path));
    expect([code, existsSync(out)]).toEqual([2, false]);
    expect(err).toContain('"currency" is unknown');
  });

  it('does not resume with the verdicts of another input', async () => {
    await vostro(...importing(write(many(1)), '--out', out));
    const before = readFileSync(out, 'utf8');
    const { code, err } = await vostro(...importing(write(many(2), 'other.csv'), '--out', out));
    expect(code).toBe(2);
    expect(err).toContain('does not hold the verdicts of this input');
    expect([readFileSync(out, 'utf8'), await accounts()]).toEqual([before, 1]);
  });

  it('resumes after kill -9: every line once, none refused, a partial verdict discarded', async () => {
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
  });

  it('finds the account of a line again after its verdict was lost, also after a day', async () => {
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

  it.each(['SIGINT', 'SIGTERM'] as const)('ends after the lines under way with 130 on %s', async (signal) => {
    const path = write(many(5_000));
    const { process: child, ended } = start(importing(path, '--json'));
    await untilVerdicts(10);
    child.kill(signal);
    const result = await ended;
    expect(result.code).toBe(130);
    expect(objectsOf(result).at(-1)).toMatchObject({ isComplete: false, opened: verdicts().length });
    expect(await accounts()).toBe(verdicts().length);
  });

  it('opens nothing for an unknown platform', async () => {
    const ended = await vostro('accounts', 'import', write(many(1)), '--platform', 'plt_999999', '--json');
    expect([ended.code, errorOf(ended)]).toMatchObject([4, { code: 'object_not_found' }]);
    expect(existsSync(out)).toBe(false);
  });
});
