import { parse } from 'csv-parse/sync';
import { AccountStatements } from '../../../src/ledger/reports/account-statement.service.js';
import { toTenantId } from '../../../src/shared/object-id.js';
import { type AdminClient, anAdminClient } from '../../support/admin.js';
import { bulkTransfers } from '../../support/bulk-transfers.js';
import { Money, type TestAccount } from '../../support/money.js';
import { type TestResponse, createWorld, type World } from '../../support/world.js';

type Row = Record<string, string>;

let world: World;
let money: Money;
let viewer: AdminClient;

beforeAll(async () => {
  world = await createWorld();
  money = new Money(world);
  viewer = await anAdminClient(world, 'viewer');
});
afterAll(() => world.close());
afterEach(() => jest.restoreAllMocks());

const trf = (account: TestAccount, id: string): string => toTenantId('trf', account.platformId, id);
const statementOf = (account: TestAccount, query = ''): Promise<TestResponse> =>
  viewer.get(`/accounts/${account.name}/statement${query}`);
const rowsOf = (text: string): Row[] => parse<Row>(text, { columns: true, record_delimiter: '\r\n' });

describe('A statement as CSV', () => {
  it('is RFC 4180 with an opening and a closing row', async () => {
    const account = await money.account();
    const told = { reference: 'r-2', description: 'Rent, "January"\nand more', metadata: { k: 'a,b' } };
    const posted = await money.deposit(account, 0.01, told);
    await money.deposit(account, 1_000);
    await money.withdraw(account, 0.5);
    const from = posted.postedAt.toISOString();
    const { status, headers, text } = await statementOf(account, `?format=csv&from=${from}`);
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('text/csv; charset=utf-8');
    expect(headers['content-disposition']).toBe(`attachment; filename="statement-${account.name}.csv"`);
    expect(text.split('\r\n').at(0)).toBe(
      'row,postedAt,effectiveDate,transfer,journal,kind,side,counterparty,amount,balance,currency,reference,' +
        'description,reverses,metadata',
    );
    expect(text.endsWith('\r\n')).toBe(true);
    const rows = rowsOf(text);
    expect(rows.map(({ row, amount, balance }) => [row, amount, balance])).toEqual([
      ['opening', '', '0.00'],
      ['transfer', '0.01', '0.01'],
      ['transfer', '1000.00', '1000.01'],
      ['transfer', '-0.50', '999.51'],
      ['closing', '', '999.51'],
    ]);
    expect(rows[0]).toMatchObject({ postedAt: from, currency: 'USD' });
    expect(rows[1]).toMatchObject({
      transfer: trf(account, posted.id),
      kind: 'deposit',
      side: 'credit',
      reference: 'r-2',
      description: told.description,
      metadata: '{"k":"a,b"}',
      postedAt: from,
      currency: 'USD',
    });
  });

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\tx', '\rx', '＝1+1', ' =1+1'])(
    'quotes %j as text',
    async (text) => {
      const account = await money.account();
      await money.deposit(account, 5, { description: text, reference: text });
      await money.withdraw(account, 2);
      const rows = rowsOf((await statementOf(account, '?format=csv')).text);
      expect(rows[1]).toMatchObject({ description: `'${text}`, reference: `'${text}` });
      expect(rows[2]?.amount).toBe('-2.00');
    },
  );

  it('writes the smallest amounts in digits, without an exponent', async () => {
    const customer = await world.make.aCustomer({ countryOfResidence: null });
    const account = await money.account(customer, 'USD');
    await world.dataSource.query(`UPDATE currencies SET decimals = 8 WHERE code = 'USD'`);
    try {
      await money.deposit(account, 1e-8);
      const { text } = await statementOf(account, '?format=csv');
      expect(text).toContain(',0.00000001,0.00000001,USD,');
      expect((await statementOf(account)).body.items[0].amount).toBe(1e-8);
    } finally {
      await world.dataSource.query(`UPDATE currencies SET decimals = 2 WHERE code = 'USD'`);
    }
  });

  it.each([
    ['text/csv', 'text/csv'],
    ['text/csv, */*;q=0.1', 'text/csv'],
    ['application/json;q=0.5, text/csv;q=0.9', 'text/csv'],
    ['application/json, text/csv', 'application/json'],
    ['text/csv;q=0', 'application/json'],
    ['text/html, */*', 'application/json'],
    ['application/json;q=0, */*', 'text/csv'],
    ['text/csv; charset=utf-8', 'text/csv'],
  ])('answers Accept: %s with %s', async (accept, type) => {
    const account = await money.account();
    const answer = await world.send('GET', `/admin/accounts/${account.name}/statement`, {
      headers: { ...viewer.headers, accept },
    });
    expect(answer.headers['content-type']).toBe(`${type}; charset=utf-8`);
  });

  it('has every transfer of a long period once, in order', async () => {
    const account = await money.funded(100);
    await bulkTransfers(world.dataSource, account, await money.account(account.customer), 2_600);
    const { text } = await statementOf(account, '?format=csv&limit=7');
    const rows = rowsOf(text);
    const transfers = rows.slice(1, -1);
    expect(transfers).toHaveLength(5_201);
    let balance = 0;
    for (const { amount, balance: after } of transfers) {
      balance += Math.round(Number(amount) * 100);
      expect(Math.round(Number(after) * 100)).toBe(balance);
    }
    expect(rows.at(-1)).toMatchObject({ row: 'closing', balance: '100.00' });
  });

  it('that fails while it is sent ends with an aborted connection', async () => {
    const account = await money.funded(100);
    await bulkTransfers(world.dataSource, account, await money.account(account.customer), 1_000);
    await world.app.listen(0, '127.0.0.1');
    const statements = world.app.get(AccountStatements);
    const page = statements.page.bind(statements);
    jest
      .spyOn(statements, 'page')
      .mockImplementationOnce(page)
      .mockRejectedValueOnce(new Error('the database has gone'));
    const url = `${await world.app.getUrl()}/admin/accounts/${account.name}/statement?format=csv`;
    const answer = await fetch(url, { headers: viewer.headers });
    expect(answer.status).toBe(200);
    await expect(answer.text()).rejects.toThrow();
  });
});
