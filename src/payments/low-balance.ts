import type { EntityManager } from 'typeorm';
import { toEventAccount } from '../accounts/account-events.js';
import { prepare, runPrepared } from '../database/prepared.js';
import { type RowColumn, rowsParameters, rowsSql } from '../database/row-columns.js';
import type { NewEvent } from '../events/event-types.js';
import { availableMinor } from '../ledger/balance-sheet.js';
import type { LockedBalances } from '../ledger/ledger.service.js';
import { toMajorNumber } from '../shared/money.js';
import { type Party, partyOf, type Parties } from './parties.js';

interface CrossedAlert {
  /** Position of the balance decrease, from 1. */
  number: number;
  id: string;
  displayName: string;
  thresholdMinor: string;
}

/** Available balance of each account at one moment, in minor units, by account id. */
export type Available = ReadonlyMap<string, bigint>;

export function availableOf({ sheet: sheet }: LockedBalances, accountIds: Iterable<string>): Available {
  return new Map([...accountIds].map((id) => [id, availableMinor(sheet.get(id))]));
}

/** A decrease of an account's available balance. */
export interface BalanceDecrease {
  balances: LockedBalances;
  party: Party;
  beforeMinor: bigint;
  afterMinor: bigint;
}

/** The decreases of available balances since `before`. Platform channel only: no other channel has alerts. */
export function balanceDecreases(
  balances: LockedBalances,
  parties: Parties,
  before: Available,
): BalanceDecrease[] {
  return [...before]
    .map(([id, beforeMinor]) => ({
      balances,
      party: partyOf(parties, id),
      beforeMinor,
      afterMinor: availableMinor(balances.sheet.get(id)),
    }))
    .filter(({ party, beforeMinor, afterMinor }) => party.channel === 'platform' && afterMinor < beforeMinor);
}

const COLUMNS: readonly RowColumn<BalanceDecrease>[] = [
  { name: 'platform_id', type: 'bigint', of: ({ balances }) => balances.platformId },
  { name: 'account_id', type: 'bigint', of: ({ party }) => party.id },
  { name: 'before', type: 'bigint', of: ({ beforeMinor }) => String(beforeMinor) },
  { name: 'after', type: 'bigint', of: ({ afterMinor }) => String(afterMinor) },
];
const CROSSED = prepare(
  'find-crossed-alerts',
  `SELECT fallen.number::int, alert.id, alert.display_name AS "displayName",
      alert.threshold_minor AS "thresholdMinor"
    FROM ${rowsSql(COLUMNS, 1, 'fallen')}
    JOIN low_balance_alerts alert ON alert.platform_id = fallen.platform_id AND alert.account_id = fallen.account_id
      AND alert.threshold_minor <= fallen.before AND alert.threshold_minor > fallen.after
    ORDER BY alert.threshold_minor DESC`,
);

/**
 * The events of the alert thresholds that were crossed downwards, by index of the decrease. An account that stays below
 * a threshold causes one event, until it has been above it again.
 */
export async function lowBalanceEvents(
  tx: EntityManager,
  decreases: readonly BalanceDecrease[],
): Promise<NewEvent[][]> {
  if (decreases.length === 0) return [];
  const crossed = await runPrepared<CrossedAlert>(tx, CROSSED, rowsParameters(COLUMNS, decreases));
  const byFall = Map.groupBy(crossed, ({ number }) => number);
  return decreases.map((decrease, index) =>
    (byFall.get(index + 1) ?? []).map((alert) => toEvent(alert, decrease)),
  );
}

function toEvent(
  { id, displayName, thresholdMinor }: CrossedAlert,
  { balances, party, afterMinor }: BalanceDecrease,
): NewEvent {
  const account = toEventAccount(party);
  const major = (minor: bigint): number => toMajorNumber(minor, party.decimals);
  const alert = { id, displayName, threshold: major(BigInt(thresholdMinor)) };
  return {
    platformId: balances.platformId,
    type: 'balance.low',
    objectId: account.id,
    occurredAt: balances.at,
    data: { account, alert, available: major(afterMinor) },
  };
}
