import { ApiProperty } from '@nestjs/swagger';
import type { TransferRecord } from '../../../ledger/reports/transfer-queries.service.js';
import { TRANSFER_LIST } from '../../../ledger/reports/transfer-queries.service.js';
import { toMajorNumber } from '../../../shared/money.js';
import { toTenantId } from '../../../shared/object-id.js';
import { Shown, ShownKind, ShownMetadata, ShownOrNull, ShownTime, toTime } from '../properties.js';

/** One amount that went from one account to another. It never changes. */
export class TransferResponse {
  @ShownKind('transfer')
  object!: 'transfer';

  @Shown('Its id.', 'trf_1_1')
  id!: string;

  @Shown('The first transfer that was posted together with it.', 'trf_1_1')
  journal!: string;

  @Shown('What it was for.', 'deposit', { enum: TRANSFER_LIST.filters.kind?.schema.enum as string[] })
  kind!: string;

  @Shown('The account that it left.', 'acc_1_2')
  from!: string;

  @Shown('The account that it reached.', 'acc_1_1')
  to!: string;

  @Shown('Its currency.', 'USD')
  currency!: string;

  @Shown('The amount, in major units.', 25.5)
  amount!: number;

  @Shown('Posted balance of the account that it left, after it.', -25.5)
  fromBalance!: number;

  @Shown('Posted balance of the account that it reached, after it.', 25.5)
  toBalance!: number;

  @ShownTime('When it was posted.')
  postedAt!: string;

  @Shown('The day it counts for.', '2026-01-15', { format: 'date' })
  effectiveDate!: string;

  @ShownOrNull('The caller’s own name for it.', 'invoice-4711')
  reference!: string | null;

  @ShownOrNull('What it is, for people.', 'January invoice')
  description!: string | null;

  @ShownMetadata()
  metadata!: Record<string, string>;

  @ShownOrNull('The transfer that this one undoes.', null)
  reverses!: string | null;

  @ShownOrNull('The transfer that undid this one.', null)
  reversedBy!: string | null;

  @ShownOrNull('The hold that it was captured from.', null)
  hold!: string | null;
}

/** Transfers that were posted together, all or none. */
export class JournalResponse {
  @ShownKind('journal')
  object!: 'journal';

  @Shown('Id of its first transfer.', 'trf_1_1')
  id!: string;

  @ApiProperty({ description: 'In the order of posting.', type: [TransferResponse] })
  transfers!: TransferResponse[];
}

export function presentTransfer(transfer: TransferRecord): TransferResponse {
  const { platformId, decimals, kind, effectiveDate, reference, description, metadata } = transfer;
  const named = (id: string | null): string | null =>
    id === null ? null : toTenantId('trf', platformId, id);
  const major = (minor: string): number => toMajorNumber(BigInt(minor), decimals);
  return {
    object: 'transfer',
    id: toTenantId('trf', platformId, transfer.id),
    journal: toTenantId('trf', platformId, transfer.journalId),
    kind,
    from: toTenantId('acc', platformId, transfer.debitAccountId),
    to: toTenantId('acc', platformId, transfer.creditAccountId),
    currency: transfer.currencyCode,
    amount: major(transfer.amountMinor),
    fromBalance: major(transfer.debitPostedMinor),
    toBalance: major(transfer.creditPostedMinor),
    postedAt: toTime(transfer.postedAt),
    effectiveDate,
    reference,
    description,
    metadata,
    reverses: named(transfer.reversesId),
    reversedBy: named(transfer.reversedById),
    hold: transfer.holdId === null ? null : toTenantId('hld', platformId, transfer.holdId),
  };
}

export function presentJournal(transfers: readonly TransferRecord[]): JournalResponse {
  const [first, ...rest] = transfers.map(presentTransfer);
  if (first === undefined) throw new Error('a journal without a transfer');
  return { object: 'journal', id: first.journal, transfers: [first, ...rest] };
}
