import { AccountBalances } from '../../src/ledger/reports/account-balance.service.js';
import { AccountStatements } from '../../src/ledger/reports/account-statement.service.js';
import { HoldsService } from '../../src/payments/holds.service.js';
import { ReversalsService } from '../../src/payments/reversals.service.js';
import { SettlementAccounts } from '../../src/payments/settlement-accounts.service.js';
import { TransfersService } from '../../src/payments/transfers.service.js';
import { AppError } from '../../src/shared/app-error.js';
import type { TenantObject } from '../../src/shared/object-id.js';
import { ACCOUNTS, type History, type Step } from './history.js';
import { Model, type ModelMove, OUTSIDE } from './model.js';
import { MONEY_ACT } from './money.js';
import type { World } from './world.js';

const COMMAND = { audit: MONEY_ACT, claim: null };
const NOTHING_TOLD = { reference: null, description: null, effectiveDate: null, metadata: {} };
const CENTS = 100;
const MAX_LINES = 10_000;

/** A new platform with its settlement account and a few empty accounts, in one statement. */
const STAGE_SQL = `WITH platform AS (
    INSERT INTO platforms (id, name, status, kyc_agreement, home_jurisdiction_code, kyc_expiry_restricts_debits,
      created_at, updated_at)
    SELECT id, 'History ' || id, 'verified', 'delegated', 'US', false, now(), now()
    FROM nextval('platforms_id_seq') AS id RETURNING id
  ), customer AS (
    INSERT INTO customers (platform_id, id, identifier, display_name, status, kyc_status, kyc_evidence,
      debits_restricted, created_at, updated_at)
    SELECT id, nextval('customers_id_seq'), 'history', 'History', 'active', 'approved', 'test', false, now(), now()
    FROM platform RETURNING platform_id, id
  ), account AS (
    INSERT INTO accounts (platform_id, id, customer_id, channel, public_id, number, currency_code, status, alias,
      account_identifier, display_name, contact_email, funding_notification_emails, created_at, updated_at)
    SELECT platform_id, nextval('accounts_id_seq'), id, 'platform', 'acc_' || platform_id || 'X' || number,
      platform_id || 'X' || number, 'USD', 'active', '', 'history-' || number, 'History', 'a@b.example',
      '{}'::text[], now(), now()
    FROM customer, generate_series(1, $1::int) AS number
    UNION ALL
    SELECT platform_id, nextval('accounts_id_seq'), NULL, 'settlement', 'acc_' || platform_id || 'S',
      platform_id || 'S', 'USD', 'active', '', NULL, NULL, NULL, '{}', now(), now()
    FROM customer
    RETURNING platform_id, id, channel, currency_code, created_at
  ), balance AS (
    INSERT INTO balances (platform_id, id, account_id, currency_code, may_be_negative, posted_minor, locked_minor,
      created_at, updated_at)
    SELECT platform_id, nextval('balances_id_seq'), id, currency_code, channel = 'settlement', 0, 0, created_at,
      created_at
    FROM account
  )
  SELECT platform_id AS "platformId", id FROM account WHERE channel <> 'settlement' ORDER BY id`;

/**
 * Plays histories on the real ledger and on the model. Compares balances after every step, and the books at the end.
 */
export class HistoryRunner {
  /** The number of executed steps, including refused ones. */
  steps = 0;

  constructor(private readonly world: World) {}

  private played = 0;

  async play(history: History): Promise<void> {
    const accounts = await this.world.dataSource.query<TenantObject[]>(STAGE_SQL, [ACCOUNTS]);
    const stage = new HistoryStage(this.world, accounts);
    for (const step of history.steps) await this.advance(stage, () => stage.do(step));
    const before = await stage.totals();
    const kept = stage.model.journals.length;
    for (const step of history.undone) await this.advance(stage, () => stage.do(step));
    for (let journal = stage.model.journals.length - 1; journal >= kept; journal--)
      await this.advance(stage, () => stage.reverse(journal));
    // Balances after a reversal of the steps equal those before the steps.
    expect(await stage.totals()).toEqual(before);
    // One account's books per history: reading all of them would take longer than the history.
    await stage.assertBooks(this.played++ % ACCOUNTS);
  }

  private async advance(stage: HistoryStage, act: () => Promise<void>): Promise<void> {
    this.steps += 1;
    await act();
    await stage.assertAgrees();
  }
}

interface BalanceLine {
  accountId: string;
  posted: string;
  locked: string;
}

/** One platform, and the model of it. */
export class HistoryStage {
  readonly model = new Model();
  private readonly journals: TenantObject[] = [];
  private readonly holds: TenantObject[] = [];

  constructor(
    private readonly world: World,
    readonly accounts: readonly TenantObject[],
  ) {}

  /** Executes a step in both, and asserts that both accepted or both refused it. */
  async do(step: Step): Promise<void> {
    const { model } = this;
    switch (step.do) {
      case 'deposit':
        return this.post([{ from: OUTSIDE, to: step.account, amount: BigInt(step.amount) }]);
      case 'withdraw':
        return this.post([{ from: step.account, to: OUTSIDE, amount: BigInt(step.amount) }]);
      case 'transfer':
        return this.post([{ from: step.from, to: step.to, amount: BigInt(step.amount) }]);
      case 'journal':
        return this.post(step.legs.map((leg) => ({ ...leg, amount: BigInt(leg.amount) })));
      case 'hold': {
        const order = { account: this.at(step.account), amount: step.amount / CENTS, expiresAt: null };
        const could = model.hold(step.account, BigInt(step.amount));
        const hold = await this.attempt(could, () =>
          this.holding.place({ ...order, ...NOTHING_TOLD }, COMMAND),
        );
        if (hold !== null) this.holds.push({ platformId: hold.platformId, id: hold.id });
        return;
      }
      case 'capture':
        return this.capture(step);
      case 'release': {
        const hold = this.holds[step.hold % this.holds.length];
        if (hold === undefined) return;
        const could = model.release(step.hold % this.holds.length, BigInt(step.amount));
        await this.attempt(could, () => this.holding.release(hold, step.amount / CENTS, COMMAND));
        return;
      }
      case 'reverse':
        if (this.journals.length > 0) await this.reverse(step.transfer % this.journals.length);
    }
  }

  async reverse(index: number): Promise<void> {
    const journal = this.journals[index] as TenantObject;
    const service = this.world.app.get(ReversalsService);
    const could = this.model.reverse(index);
    const details = { description: null, metadata: {} };
    const posted = await this.attempt(could, () => service.reverse(journal, details, COMMAND));
    const first = posted?.[0];
    if (first !== undefined) this.journals.push({ platformId: first.platformId, id: first.journalId });
  }

  /** The balances of every account, the settlement account last. */
  async totals(): Promise<[posted: string, locked: string][]> {
    const lines = await this.balances();
    return lines.map(({ posted, locked }) => [posted, locked]);
  }

  async assertAgrees(): Promise<void> {
    const lines = await this.balances();
    const sum = lines.reduce((total, { posted }) => total + BigInt(posted), 0n);
    expect(sum).toBe(0n);
    const expected = [...this.accounts.keys(), OUTSIDE];
    const { model } = this;
    expect(lines.map(({ posted, locked }) => [posted, locked])).toEqual(
      expected.map((n) => [String(model.posted.get(n) ?? 0n), String(model.locked.get(n) ?? 0n)]),
    );
    for (const { posted, locked } of lines.slice(0, this.accounts.length))
      expect(BigInt(posted) - BigInt(locked)).toBeGreaterThanOrEqual(0n);
  }

  /** Asserts that the statement of an account, and its balance at one time, match the model. */
  async assertBooks(number: number): Promise<void> {
    const { app } = this.world;
    const account = this.at(number);
    const order = { account, from: null, until: null, resume: null };
    const statement = await app.get(AccountStatements).open(order);
    const { lines } = await app.get(AccountStatements).page(statement, null, MAX_LINES);
    const expected = this.model.lines.get(number) ?? [];
    expect(lines.map(({ amountMinor, postedMinor }) => [amountMinor, postedMinor])).toEqual(
      expected.map(({ delta, after }) => [String(delta), String(after)]),
    );
    expect([statement.openingMinor, statement.closingMinor]).toEqual([
      0n,
      this.model.posted.get(number) ?? 0n,
    ]);
    const at = lines[Math.floor(lines.length / 2)]?.postedAt;
    if (at === undefined) return;
    const then = await app.get(AccountBalances).get(account, { at });
    expect(String(then.postedMinor)).toBe(lines.findLast(({ postedAt }) => postedAt <= at)?.postedMinor);
  }

  private async post(moves: readonly ModelMove[]): Promise<void> {
    const could = this.model.post(moves);
    const outside = moves.some(({ from, to }) => from === OUTSIDE || to === OUTSIDE)
      ? await this.world.app.get(SettlementAccounts).idOf(this.at(0).platformId, 'USD')
      : '';
    const orders = moves.map(({ from, to, amount }) => ({
      from: this.at(from, outside),
      to: this.at(to, outside),
      amount: Number(amount) / CENTS,
      ...NOTHING_TOLD,
    }));
    const service = this.world.app.get(TransfersService);
    const posted = await this.attempt(could, () => service.journal(orders, COMMAND));
    const first = posted?.[0];
    if (first !== undefined) this.journals.push({ platformId: first.platformId, id: first.journalId });
  }

  private async capture({ hold: index, amount, isFinal }: Extract<Step, { do: 'capture' }>): Promise<void> {
    const number = index % this.holds.length;
    const hold = this.holds[number];
    if (hold === undefined) return;
    const could = this.model.capture(number, BigInt(amount), isFinal);
    const order = { amount: amount / CENTS, to: null, isFinal, ...NOTHING_TOLD };
    const done = await this.attempt(could, () => this.holding.capture(hold, order, COMMAND));
    if (done === null) return;
    const [{ id }] = await this.world.dataSource.query<[{ id: string }]>(
      'SELECT max(id) AS id FROM transfers WHERE platform_id = $1 AND hold_id = $2',
      [hold.platformId, hold.id],
    );
    this.journals.push({ platformId: hold.platformId, id });
  }

  /** @returns the result, or `null` where the ledger refused like the model */
  private async attempt<T>(could: boolean, act: () => Promise<T>): Promise<T | null> {
    try {
      const result = await act();
      expect(could).toBe(true);
      return result;
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      expect({ could, refusal: error.code }).toEqual({ could: false, refusal: error.code });
      return null;
    }
  }

  private async balances(): Promise<BalanceLine[]> {
    return this.world.dataSource.query<BalanceLine[]>(
      `SELECT account_id AS "accountId", posted_minor AS posted, locked_minor AS locked FROM balances
       WHERE platform_id = $1 ORDER BY may_be_negative, account_id`,
      [this.at(0).platformId],
    );
  }

  private get holding(): HoldsService {
    return this.world.app.get(HoldsService);
  }

  private at(number: number, outside = ''): TenantObject {
    const { platformId } = this.accounts[0] as TenantObject;
    return number === OUTSIDE ? { platformId, id: outside } : (this.accounts[number] as TenantObject);
  }
}
