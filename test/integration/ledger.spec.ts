import { Money } from '../support/money.js';
import { createWorld, type World } from '../support/world.js';

let world: World;
let money: Money;

beforeAll(async () => {
  world = await createWorld();
  money = new Money(world);
});
afterAll(() => world.close());

/** The posted and locked amounts, in minor units. */
async function balanceOf({ platformId, id }: { platformId: string; id: string }): Promise<[string, string]> {
  const [row] = await world.dataSource.query<[{ posted: string; locked: string }]>(
    'SELECT posted_minor AS posted, locked_minor AS locked FROM balances WHERE platform_id = $1 AND account_id = $2',
    [platformId, id],
  );
  return [row.posted, row.locked];
}

describe('The ledger', () => {
  it('posts a transfer with both balances after it on its row', async () => {
    const a = await money.funded(100.25);
    const b = await money.account(a.customer);
    const transfer = await money.transfer(a, b, 40.2);
    expect(transfer).toMatchObject({
      kind: 'transfer',
      amountMinor: '4020',
      debitPostedMinor: '6005',
      creditPostedMinor: '4020',
      currencyCode: 'USD',
      debitAccountId: a.id,
      creditAccountId: b.id,
    });
    expect([await balanceOf(a), await balanceOf(b)]).toEqual([
      ['6005', '0'],
      ['4020', '0'],
    ]);
  });

  it('keeps the sum of a platform and currency at zero, because the settlement account owes what came in', async () => {
    const a = await money.funded(10);
    await money.withdraw(a, 2.5);
    const [{ sum, outside }] = await world.dataSource.query<[{ sum: string; outside: string }]>(
      `SELECT sum(posted_minor)::text AS sum, (sum(posted_minor) FILTER (WHERE may_be_negative))::text AS outside
       FROM balances WHERE platform_id = $1`,
      [a.platformId],
    );
    expect({ sum, outside }).toEqual({ sum: '0', outside: '-750' });
  });

  it('refuses a debit above the available balance, and changes nothing', async () => {
    const a = await money.funded(10);
    await expect(money.withdraw(a, 10.01)).rejects.toMatchObject({ code: 'insufficient_funds' });
    expect(await balanceOf(a)).toEqual(['1000', '0']);
    expect(await world.count('transfers', `debit_account_id = ${a.id}`)).toBe(0);
  });

  it('publishes one event per account of a customer, in the transaction of the transfer', async () => {
    const a = await money.funded(10);
    const b = await money.account(a.customer);
    await money.transfer(a, b, 1);
    const events = await world.dataSource.query<{ type: string; object: string; side: string }[]>(
      `SELECT type, object_id AS object, data->'transfer'->>'side' AS side FROM events
       WHERE platform_id = $1 ORDER BY id`,
      [a.platformId],
    );
    expect(events).toEqual([
      { type: 'account.opened', object: a.name, side: null },
      { type: 'transfer.posted', object: a.name, side: 'credit' },
      { type: 'account.opened', object: b.name, side: null },
      { type: 'transfer.posted', object: a.name, side: 'debit' },
      { type: 'transfer.posted', object: b.name, side: 'credit' },
    ]);
  });
});
