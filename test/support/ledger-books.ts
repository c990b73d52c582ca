import type { DataSource } from 'typeorm';
import { HoldsService } from '../../src/payments/holds.service.js';
import { ReversalsService } from '../../src/payments/reversals.service.js';
import type { TenantObject } from '../../src/shared/object-id.js';
import { Money, MONEY_ACT, type TestAccount } from './money.js';
import type { World } from './world.js';

const COMMAND = { audit: MONEY_ACT, claim: null };
const TOLD = { reference: null, description: null, metadata: {} };

/** Books with every kind of object. Ids are those of one platform. */
export interface Books {
  platformId: string;
  /** Accounts with money. */
  a: string;
  b: string;
  /** An account without any transfer. */
  empty: string;
  /** An account that was funded and emptied again: two transfers. */
  emptied: string;
  settlement: string;
  /** From a to b, in this order. */
  transfers: [string, string, string];
  /** Partially captured, the rest released. */
  captured: string;
  capture: string;
  released: string;
  active: string;
  /** Two transfers of the same amount from a to b, and the transfers that reversed them. */
  originals: [string, string];
  reversals: [string, string];
}

/** One platform's books, written by the application's own services. */
export async function writeBooks(world: World): Promise<Books> {
  const money = new Money(world);
  const a = await money.funded(1_000);
  const b = await money.funded(500, a.customer);
  const empty = await money.account(a.customer);
  const emptied = await money.funded(5, a.customer);
  await money.withdraw(emptied, 5);
  const transfers: string[] = [];
  for (const amount of [10, 20, 30]) transfers.push((await money.transfer(a, b, amount)).id);
  const originals = [(await money.transfer(a, b, 7)).id, (await money.transfer(a, b, 7)).id];
  const reversals: string[] = [];
  for (const id of originals) reversals.push(await reverse(world, { platformId: a.platformId, id }));
  const captured = await place(world, a, 100);
  await world.app
    .get(HoldsService)
    .capture(captured, { ...TOLD, effectiveDate: null, amount: 40, to: only(b), isFinal: true }, COMMAND);
  const released = await place(world, a, 11);
  await world.app.get(HoldsService).release(released, null, COMMAND);
  const active = await place(world, a, 12);
  const { platformId } = a;
  const [row] = await world.dataSource.query<[{ settlement: string; capture: string }]>(
    `SELECT (SELECT account_id FROM balances WHERE platform_id = $1 AND may_be_negative) AS settlement,
       (SELECT id FROM transfers WHERE platform_id = $1 AND kind = 'capture') AS capture`,
    [platformId],
  );
  return {
    platformId,
    a: a.id,
    b: b.id,
    empty: empty.id,
    emptied: emptied.id,
    ...row,
    captured: captured.id,
    released: released.id,
    active: active.id,
    transfers: transfers as Books['transfers'],
    originals: originals as Books['originals'],
    reversals: reversals as Books['reversals'],
  };
}

/** Removes every constraint and index that prevents damage in the database. */
export async function dropConstraints(dataSource: DataSource): Promise<void> {
  const rows = await dataSource.query<{ statement: string }[]>(
    `SELECT format('ALTER TABLE %s DROP CONSTRAINT %I CASCADE', conrelid::regclass, conname) AS statement
     FROM pg_constraint WHERE contype IN ('c', 'f') AND connamespace = 'public'::regnamespace`,
  );
  for (const { statement } of rows) await dataSource.query(statement);
  await dataSource.query('DROP INDEX uq_transfers_reverses, uq_transfers_reference');
}

async function place(world: World, account: TestAccount, amount: number): Promise<TenantObject> {
  const order = { ...TOLD, account: only(account), amount, expiresAt: null };
  const { platformId, id } = await world.app.get(HoldsService).place(order, COMMAND);
  return { platformId, id };
}

async function reverse(world: World, transfer: TenantObject): Promise<string> {
  const details = { description: null, metadata: {} };
  const [reversal] = await world.app.get(ReversalsService).reverse(transfer, details, COMMAND);
  if (reversal === undefined) throw new Error('nothing was reversed');
  return reversal.id;
}

const only = ({ platformId, id }: TenantObject): TenantObject => ({ platformId, id });
