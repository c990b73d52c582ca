import { AccountReplay } from './account-replay.js';
import { compareIds, type EntryRow, type LedgerRows } from './ledger-rows.js';
import type { RowStream } from './row-stream.js';
import type { LedgerFindings } from './verification.js';

/** Numbers of replayed rows so far, of all platforms. */
export interface ReplayCounts {
  transfers: number;
  accounts: number;
  holds: number;
  /** Sides of transfers: two for each. */
  entries: number;
}

interface OfAccount {
  accountId: string;
}

/** `tick` is called after this many entries. */
const TICK = 4_096;

/** Replays all rows of one platform, account by account. */
export class PlatformReplay {
  private readonly sums = new Map<string, bigint>();

  constructor(
    private readonly platformId: string,
    private readonly rows: LedgerRows,
    private readonly findings: LedgerFindings,
    private readonly tally: ReplayCounts,
    /** Called every `TICK` entries and after each account. An error that it throws ends the replay. */
    private readonly tick: () => void,
  ) {}

  async run(): Promise<void> {
    for (let id = await this.nextAccount(); id !== null; id = await this.nextAccount()) {
      await this.replay(id);
      this.tick();
    }
    await this.captures();
    await this.reversals();
    for (const [currency, minor] of this.sums)
      if (minor !== 0n)
        this.findings.add('sum_not_zero', this.platformId, {}, [`0 ${currency}`, `${minor} ${currency}`]);
  }

  /** The lowest account id in the next row of any stream. */
  private async nextAccount(): Promise<string | null> {
    const { accounts, balances, debits, credits, holds } = this.rows;
    let lowest: string | null = null;
    for (const stream of [accounts, balances, debits, credits, holds]) {
      const row: OfAccount | null = await stream.peek();
      if (row !== null && (lowest === null || compareIds(row.accountId, lowest) < 0)) lowest = row.accountId;
    }
    return lowest;
  }

  private async replay(accountId: string): Promise<void> {
    const { platformId, rows, findings, tally } = this;
    const account = await take(rows.accounts, accountId);
    const balance = await take(rows.balances, accountId);
    const replay = new AccountReplay({ platformId, accountId }, balance, findings);
    replay.compare(account);
    for (
      let entry = await this.nextEntry(accountId);
      entry !== null;
      entry = await this.nextEntry(accountId)
    ) {
      replay.post(entry);
      tally.entries += 1;
      tally.transfers += Number(entry.isDebit);
      if (tally.entries % TICK === 0) this.tick();
    }
    for (
      let hold = await take(rows.holds, accountId);
      hold !== null;
      hold = await take(rows.holds, accountId)
    ) {
      replay.hold(hold);
      tally.holds += 1;
    }
    replay.finish();
    tally.accounts += Number(account !== null);
    if (balance === null) return;
    const { currencyCode, postedMinor } = balance;
    this.sums.set(currencyCode, (this.sums.get(currencyCode) ?? 0n) + BigInt(postedMinor));
  }

  /** The entry of the account that was posted next, debit or credit. */
  private async nextEntry(accountId: string): Promise<EntryRow | null> {
    const { debits, credits } = this.rows;
    const [debit, credit] = [of(await debits.peek(), accountId), of(await credits.peek(), accountId)];
    const isDebit = debit !== null && (credit === null || isBefore(debit, credit));
    if (!isDebit && credit === null) return null;
    return (isDebit ? debits : credits).next();
  }

  private async captures(): Promise<void> {
    const { platformId, rows, findings } = this;
    for (let row = await rows.captures.next(); row !== null; row = await rows.captures.next()) {
      const { id: transferId, holdId, debitAccountId, holdAccountId } = row;
      const at = { accountId: debitAccountId, transferId, holdId };
      if (holdAccountId === null) findings.add('capture_without_hold', platformId, at, ['a hold', 'none']);
      else if (holdAccountId !== debitAccountId)
        findings.add('capture_account', platformId, at, [holdAccountId, debitAccountId]);
    }
  }

  private async reversals(): Promise<void> {
    const { platformId, rows, findings } = this;
    let before: string | null = null;
    for (let row = await rows.reversals.next(); row !== null; row = await rows.reversals.next()) {
      const { id: transferId, reversesId, isMirror } = row;
      if (reversesId === before)
        findings.add('reversed_twice', platformId, { transferId }, [
          'one reversal',
          `another of ${reversesId}`,
        ]);
      if (isMirror === null)
        findings.add('reversal_without_original', platformId, { transferId }, [
          `transfer ${reversesId}`,
          'none',
        ]);
      if (isMirror === false)
        findings.add('reversal_mirror', platformId, { transferId }, [
          `the mirror of ${reversesId}`,
          'another transfer',
        ]);
      before = reversesId;
    }
  }
}

function of<Row extends OfAccount>(row: Row | null, accountId: string): Row | null {
  return row?.accountId === accountId ? row : null;
}

/** The next row, if it is the account's. */
async function take<Row extends OfAccount>(stream: RowStream<Row>, accountId: string): Promise<Row | null> {
  return of(await stream.peek(), accountId) === null ? null : stream.next();
}

function isBefore(a: EntryRow, b: EntryRow): boolean {
  return a.postedAt === b.postedAt ? compareIds(a.id, b.id) <= 0 : a.postedAt < b.postedAt;
}
