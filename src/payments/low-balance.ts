import type { EntityManager } from 'typeorm';
import { toEventAccount } from '../accounts/account-events.js';
import type { NewEvent } from '../events/event-types.js';
import { availableMinor } from '../ledger/book.js';
import type { OpenBook } from '../ledger/ledger.service.js';
import { toMajorNumber } from '../shared/money.js';
import { partyOf, type Parties } from './parties.js';

interface CrossedAlert {
  id: string;
  accountId: string;
  displayName: string;
  thresholdMinor: string;
}

/** What each account had available at some moment, by account id. */
export type Available = ReadonlyMap<string, bigint>;

export function availableOf({ book }: OpenBook, accountIds: Iterable<string>): Available {
  return new Map([...accountIds].map((id) => [id, availableMinor(book.get(id))]));
}

/**
 * The alerts whose threshold was crossed downwards: an account that stays below is told of once, until it has been
 * above again.
 */
export async function lowBalanceEvents(
  tx: EntityManager,
  open: OpenBook,
  parties: Parties,
  before: Available,
): Promise<NewEvent[]> {
  // Only the platform API keeps alerts.
  const fallen = [...before].filter(
    ([id, minor]) => partyOf(parties, id).channel === 'platform' && availableMinor(open.book.get(id)) < minor,
  );
  if (fallen.length === 0) return [];
  const after = fallen.map(([id]) => availableMinor(open.book.get(id)));
  const crossed = await tx.query<CrossedAlert[]>(
    `SELECT alert.id, alert.account_id AS "accountId", alert.display_name AS "displayName",
       alert.threshold_minor AS "thresholdMinor"
     FROM unnest($2::bigint[], $3::bigint[], $4::bigint[]) AS fallen(account, before, after)
     JOIN low_balance_alerts alert ON alert.platform_id = $1 AND alert.account_id = fallen.account
       AND alert.threshold_minor <= fallen.before AND alert.threshold_minor > fallen.after
     ORDER BY alert.threshold_minor DESC`,
    [open.platformId, fallen.map(([id]) => id), fallen.map(([, minor]) => String(minor)), after.map(String)],
  );
  return crossed.map((alert) => toEvent(alert, open, parties));
}

function toEvent(
  { id, accountId, displayName, thresholdMinor }: CrossedAlert,
  open: OpenBook,
  parties: Parties,
): NewEvent {
  const party = partyOf(parties, accountId);
  const account = toEventAccount(party);
  const major = (minor: bigint): number => toMajorNumber(minor, party.decimals);
  const alert = { id, displayName, threshold: major(BigInt(thresholdMinor)) };
  return {
    ...{ platformId: open.platformId, type: 'balance.low', objectId: account.id, occurredAt: open.at },
    data: { account, alert, available: major(availableMinor(open.book.get(accountId))) },
  };
}
