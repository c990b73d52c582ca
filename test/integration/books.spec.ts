import { AccountBalances, EFFECTIVE_SQL } from '../../src/ledger/reports/account-balance.service.js';
import {
  AccountStatements,
  type Place,
  type StatementLine,
  STATEMENT_LINES_SQL,
  STATEMENT_SQL,
} from '../../src/ledger/reports/account-statement.service.js';
import { TrialBalances } from '../../src/ledger/reports/trial-balance.service.js';
import { toCsvStream } from '../../src/apis/admin/accounts/statement-csv.js';
import { bulkTransfers } from '../support/bulk-transfers.js';
import { Money, type TestAccount } from '../support/money.js';
import { createWorld, type World } from '../support/world.js';

let world: World;
let money: Money;
let statements: AccountStatements;
let balances: AccountBalances;

beforeAll(async () => {
  world = await createWorld();
  money = new Money(world);
  statements = world.app.get(AccountStatements);
  balances = world.app.get(AccountBalances);
});
afterAll(() => world.close());

const named = ({ platformId, id }: TestAccount) => ({ platformId, id });
const all = (account: TestAccount) => ({ account: named(account), from: null, until: null, resume: null });

interface PlanNode {
  'Node Type': string;
  'Index Name'?: string;
  'Actual Rows': number;
  'Shared Hit Blocks': number;
  'Shared Read Blocks': number;
  Plans?: PlanNode[];
}

/** The nodes of the executed plan of a statement, the root first. */
async function nodesOf(sql: string, parameters: unknown[]): Promise<[root: PlanNode, ...PlanNode[]]> {
  const [row] = await world.dataSource.query<[{ 'QUERY PLAN': [{ Plan: PlanNode }] }]>(
    `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${sql}`,
    parameters,
  );
  const flat = (node: PlanNode): PlanNode[] => [node, ...(node.Plans ?? []).flatMap(flat)];
  const [root, ...rest] = flat(row['QUERY PLAN'][0].Plan) as [PlanNode, ...PlanNode[]];
  return [root, ...rest];
}

const blocksOf = (root: PlanNode): number => root['Shared Hit Blocks'] + root['Shared Read Blocks'];

describe('A page of a statement', () => {
  const LIMIT = 25;
  let account: TestAccount;
  let middle: Place;
  let end: Place;

  beforeAll(async () => {
    account = await money.funded(100);
    await bulkTransfers(world.dataSource, account, await money.funded(100, account.customer), 15_000);
    const placeAt = async (offset: number): Promise<Place> => {
      const [row] = await world.dataSource.query<[Place]>(
        `SELECT posted_at AS "postedAt", id FROM transfers WHERE platform_id = $1 ORDER BY id OFFSET $2 LIMIT 1`,
        [account.platformId, offset],
      );
      return row;
    };
    middle = await placeAt(14_000);
    end = await placeAt(30_001);
  });

  it('reads only its own lines of 30,000, from both indexes and in order', async () => {
    const [root, ...nodes] = await nodesOf(STATEMENT_LINES_SQL, [
      ...[account.platformId, account.id, middle.postedAt, middle.id, end.postedAt, end.id, LIMIT + 1],
    ]);
    const scans = nodes.filter((node) => node['Index Name'] !== undefined);
    expect(scans.map((node) => node['Index Name']).sort()).toEqual([
      'ix_transfers_credit',
      'ix_transfers_debit',
    ]);
    for (const scan of scans) expect(scan['Actual Rows']).toBeLessThanOrEqual(LIMIT + 1);
    const types = nodes.map((node) => node['Node Type']);
    expect(types.filter((type) => /Sort|Seq Scan|Bitmap/.test(type))).toEqual([]);
    expect(blocksOf(root)).toBeLessThan(120);
  });

  it('finds both ends of its period with one entry of each index', async () => {
    const { id, platformId } = account;
    const [root, ...nodes] = await nodesOf(STATEMENT_SQL, [
      ...[platformId, id, middle.postedAt, end.postedAt, end.id],
    ]);
    const scans = nodes.filter((node) => /^ix_transfers/.test(node['Index Name'] ?? ''));
    expect(scans).toHaveLength(4);
    for (const scan of scans) expect(scan['Actual Rows']).toBeLessThanOrEqual(1);
    expect(blocksOf(root)).toBeLessThan(60);
  });

  it('contains every line once over all pages, each continuing from the previous balance', async () => {
    const statement = await statements.open(all(account));
    const lines: StatementLine[] = [];
    for await (const page of statements.pages(statement, 1_000)) lines.push(...page);
    expect(lines).toHaveLength(30_001);
    let balance = statement.openingMinor;
    for (const line of lines) {
      balance += BigInt(line.amountMinor);
      expect(BigInt(line.postedMinor)).toBe(balance);
    }
    expect(balance).toBe(statement.closingMinor);
    expect(new Set(lines.map(({ id }) => id)).size).toBe(lines.length);
  });

  it('reads pages only as the consumer reads the stream', async () => {
    const statement = await statements.open(all(account));
    let pages = 0;
    async function* counted() {
      for await (const page of statements.pages(statement, 1_000)) {
        pages += 1;
        yield page;
      }
    }
    const stream = toCsvStream(statement, counted());
    const reader = stream[Symbol.asyncIterator]();
    // Reads ahead by no more than the stream buffers.
    const ahead: number[] = [];
    for (let taken = 1; (await reader.next()).done !== true; taken++) ahead.push(pages - taken);
    expect(Math.max(...ahead)).toBeLessThan(4);
    expect(pages).toBe(31);
  });
});

describe('A balance of a day', () => {
  const DAY_MS = 86_400_000;
  const dayOf = (offset: number): string => new Date(Date.now() + offset * DAY_MS).toISOString().slice(0, 10);
  const effective = async (account: TestAccount, effectiveDate: string) =>
    (await balances.get(named(account), { effectiveDate })).effectiveMinor;

  const deposit = (account: TestAccount, amount: number, effectiveDate: string | null) =>
    money.deposit(account, amount, { effectiveDate });

  it('counts the transfers effective by then, at any posting time', async () => {
    const account = await money.account();
    await deposit(account, 1, null);
    await deposit(account, 2, dayOf(-10));
    await deposit(account, 4, dayOf(10));
    await money.withdraw(account, 0.5);
    const days = [-11, -10, -1, 0, 9, 10];
    const found = await Promise.all(days.map((offset) => effective(account, dayOf(offset))));
    expect(found).toEqual([0n, 200n, 200n, 250n, 250n, 650n]);
  });

  it('equals the sum of all transfers effective by that day', async () => {
    const account = await money.funded(5);
    for (const offset of [-3, -2, 2, 3, -2, 0]) await deposit(account, 1, dayOf(offset));
    for (let offset = -4; offset <= 4; offset++) {
      const [row] = await world.dataSource.query<[{ sum: string }]>(
        `SELECT COALESCE(sum(CASE WHEN debit_account_id = $2 THEN -amount_minor ELSE amount_minor END), 0) AS sum
         FROM transfers WHERE platform_id = $1 AND $2 IN (debit_account_id, credit_account_id) AND effective_date <= $3`,
        [account.platformId, account.id, dayOf(offset)],
      );
      expect([offset, await effective(account, dayOf(offset))]).toEqual([offset, BigInt(row.sum)]);
    }
  });

  it('reads only the transfers with an effective date other than their posting date', async () => {
    const account = await money.funded(100);
    await bulkTransfers(world.dataSource, account, await money.funded(1, account.customer), 10_000);
    await deposit(account, 1, dayOf(-5));
    const [root] = await nodesOf(EFFECTIVE_SQL, [account.platformId, account.id, dayOf(-1)]);
    expect(blocksOf(root)).toBeLessThan(60);
  });

  it('is refused when it exceeds the maximum of a balance', async () => {
    const account = await money.account();
    const most = 9_999_999_999_999.99;
    await deposit(account, most, dayOf(-5));
    await money.withdraw(account, most);
    await deposit(account, most, dayOf(-5));
    await expect(effective(account, dayOf(-1))).rejects.toMatchObject({ code: 'balance_limit_exceeded' });
  });
});

describe('A balance at a time', () => {
  it('counts the transfers posted by then, including those at that time', async () => {
    const account = await money.account();
    const first = await money.deposit(account, 10);
    await new Promise((resolve) => setTimeout(resolve, 5));
    const second = await money.withdraw(account, 4);
    const at = async (time: number) =>
      (await balances.get(named(account), { at: new Date(time) })).postedMinor;
    const [one, two] = [first.postedAt.getTime(), second.postedAt.getTime()];
    expect([await at(one - 1), await at(one), await at(two - 1), await at(two)]).toEqual([
      0n,
      1000n,
      1000n,
      600n,
    ]);
  });
});

describe('A trial balance', () => {
  it('sums beyond the precision of a JSON number, and shows a manual change of the tables', async () => {
    const { platformId, customer } = await money.funded(9_000_000_000_000);
    for (let n = 0; n < 3; n++) {
      const account = await money.account(customer);
      await world.dataSource.query(
        'UPDATE balances SET posted_minor = 900000000000001 WHERE platform_id = $1 AND account_id = $2',
        [platformId, account.id],
      );
    }
    const { rows } = await world.app.get(TrialBalances).get(platformId, null);
    expect(rows).toEqual([
      {
        platformId,
        currencyCode: 'USD',
        decimals: 2,
        accounts: 5,
        lockedMinor: 0n,
        debitsMinor: -900_000_000_000_000n,
        creditsMinor: 3_600_000_000_000_003n,
        customersMinor: 3_600_000_000_000_003n,
        settlementMinor: -900_000_000_000_000n,
      },
    ]);
  });
});
