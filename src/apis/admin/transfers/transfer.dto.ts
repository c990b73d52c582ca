import { ApiProperty } from '@nestjs/swagger';
import { TRANSFER_KINDS, type TransferRecord } from '../../../ledger/reports/transfer-queries.service.js';
import { toMajorNumber } from '../../../shared/money.js';
import { toTenantId } from '../../../shared/object-id.js';
import {
  ResponseProperty,
  ResponseKind,
  ResponseMetadata,
  NullableResponseProperty,
  ResponseTime,
  toTime,
} from '../properties.js';

/** One amount that went from one account to another. It never changes. */
export class TransferResponse {
  @ResponseKind('transfer')
  object!: 'transfer';

  @ResponseProperty('Its id.', 'trf_1_1')
  id!: string;

  @ResponseProperty('The first transfer that was posted together with it.', 'trf_1_1')
  journal!: string;

  @ResponseProperty('What it was for.', 'deposit', {
    enum: TRANSFER_KINDS,
  })
  kind!: string;

  @ResponseProperty('The account that it left.', 'acc_1_2')
  from!: string;

  @ResponseProperty('The account that it reached.', 'acc_1_1')
  to!: string;

  @ResponseProperty('Its currency.', 'USD')
  currency!: string;

  @ResponseProperty('The amount, in major units.', 25.5)
  amount!: number;

  @ResponseProperty('Posted balance of the account that it left, after it.', -25.5)
  fromBalance!: number;

  @ResponseProperty('Posted balance of the account that it reached, after it.', 25.5)
  toBalance!: number;

  @ResponseTime('When it was posted.')
  postedAt!: string;

  @ResponseProperty('The day it counts for.', '2026-01-15', { format: 'date' })
  effectiveDate!: string;

  @NullableResponseProperty('The caller’s own name for it.', 'invoice-4711')
  reference!: string | null;

  @NullableResponseProperty('What it is, for people.', 'January invoice')
  description!: string | null;

  @ResponseMetadata()
  metadata!: Record<string, string>;

  @NullableResponseProperty('The transfer that this one undoes.', null)
  reverses!: string | null;

  @NullableResponseProperty('The transfer that undid this one.', null)
  reversedBy!: string | null;

  @NullableResponseProperty('The hold that it was captured from.', null)
  hold!: string | null;
}

/** Transfers that were posted together, all or none. */
export class JournalResponse {
  @ResponseKind('journal')
  object!: 'journal';

  @ResponseProperty('Id of its first transfer.', 'trf_1_1')
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
