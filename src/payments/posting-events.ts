import { toEventAccount } from '../accounts/account-events.js';
import type { EventTransfer } from '../events/event-payloads.js';
import type { NewEvent } from '../events/event-types.js';
import type { LockedBalances } from '../ledger/ledger.service.js';
import type { PostedTransfer } from '../ledger/posted-transfer.js';
import { toMajorNumber } from '../shared/money.js';
import { toTenantId } from '../shared/object-id.js';
import { partyOf, type Parties } from './parties.js';

/**
 * One event for each customer account of a transfer. Its object is the account, so an account's events stay in order.
 */
export function postedEvents(
  transfers: readonly PostedTransfer[],
  balances: LockedBalances,
  parties: Parties,
): NewEvent[] {
  return transfers.flatMap((transfer) => [
    ...eventOf(transfer, 'debit', balances, parties),
    ...eventOf(transfer, 'credit', balances, parties),
  ]);
}

function eventOf(
  transfer: PostedTransfer,
  side: 'debit' | 'credit',
  balances: LockedBalances,
  parties: Parties,
): NewEvent[] {
  const [accountId, postedMinor] =
    side === 'debit'
      ? [transfer.debitAccountId, transfer.debitPostedMinor]
      : [transfer.creditAccountId, transfer.creditPostedMinor];
  const party = partyOf(parties, accountId);
  // Settlement accounts have no events.
  if (party.channel === 'settlement') return [];
  const account = toEventAccount(party);
  const major = (minor: bigint): number => toMajorNumber(minor, party.decimals);
  const { lockedMinor } = balances.sheet.get(accountId);
  return [
    {
      platformId: balances.platformId,
      type: 'transfer.posted',
      objectId: account.id,
      data: {
        account,
        transfer: toEventTransfer(transfer, side, major(transfer.amountMinor)),
        balance: {
          posted: major(postedMinor),
          locked: major(lockedMinor),
          available: major(postedMinor - lockedMinor),
        },
      },
      occurredAt: balances.at,
    },
  ];
}

function toEventTransfer(
  transfer: PostedTransfer,
  side: EventTransfer['side'],
  amount: number,
): EventTransfer {
  const { platformId, id, journalId, kind, currencyCode, effectiveDate, postedAt } = transfer;
  const { reference, description, metadata, reversesId } = transfer;
  return {
    id: toTenantId('trf', platformId, id),
    journal: toTenantId('trf', platformId, journalId),
    kind,
    currency: currencyCode,
    effectiveDate,
    postedAt: postedAt.toISOString(),
    reference,
    description,
    metadata,
    reverses: reversesId === undefined ? null : toTenantId('trf', platformId, reversesId),
    side,
    amount,
  };
}
