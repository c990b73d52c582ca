import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { AuditContext } from '../audit/audit-context.js';
import {
  type IdempotentCommand,
  IdempotentTransaction,
} from '../idempotency/idempotent-transaction.service.js';
import type { Leg } from '../ledger/posted-transfer.js';
import { TransferQueries, type TransferRecord } from '../ledger/reports/transfer-queries.service.js';
import { AppError } from '../shared/app-error.js';
import { type TenantObject, toTenantId } from '../shared/object-id.js';
import { type Opened, PostingService } from './posting.service.js';

/** The fields of a reversal that the caller sets. */
export interface ReversalDetails {
  description: string | null;
  metadata: Readonly<Record<string, string>>;
}

/** Reverses transfers by new transfers in the opposite direction, linked to the originals. */
@Injectable()
export class ReversalsService {
  constructor(
    private readonly transaction: IdempotentTransaction,
    private readonly posting: PostingService,
    private readonly transfers: TransferQueries,
  ) {}

  /**
   * Reverses all transfers of the journal that the transfer belongs to, last first.
   * @throws AppError object_not_found, transition_not_allowed when it is reversed already or is a reversal itself, and
   *   the errors of `PostingService.post`
   */
  async reverse(
    transfer: TenantObject,
    details: ReversalDetails,
    { audit, claim }: IdempotentCommand<TransferRecord[]>,
  ): Promise<TransferRecord[]> {
    return this.transaction.run(claim, (tx) => this.reverseWithin(tx, transfer, details, audit));
  }

  /** `reverse` within the given transaction. */
  async reverseWithin(
    tx: EntityManager,
    transfer: TenantObject,
    details: ReversalDetails,
    audit: AuditContext,
  ): Promise<TransferRecord[]> {
    const { platformId } = transfer;
    const { journalId } = await this.transfers.get(transfer, tx);
    const opened = await this.lock(tx, transfer);
    // Read again after the lock: a concurrent reversal, which takes the same locks, may have committed meanwhile.
    const originals = await this.transfers.journal({ platformId, id: journalId }, tx);
    originals.forEach(assertReversible);
    const legs = originals.reverse().map((original) => toReversal(original, details));
    const { transfers } = await this.posting.postWithin(tx, opened, { legs, audit });
    return this.transfers.journal({ platformId, id: transfers[0]?.journalId ?? '' }, tx);
  }

  /** Locks the accounts of the journal that the transfer belongs to. @throws AppError object_not_found */
  async lock(tx: EntityManager, transfer: TenantObject): Promise<Opened> {
    const { platformId } = transfer;
    const { journalId } = await this.transfers.get(transfer, tx);
    const journal = await this.transfers.journal({ platformId, id: journalId }, tx);
    const accounts = journal.flatMap(({ debitAccountId, creditAccountId }) => [
      debitAccountId,
      creditAccountId,
    ]);
    return this.posting.lock(tx, platformId, accounts);
  }
}

function assertReversible({ kind, reversedById }: TransferRecord): void {
  const state = reversedById === null ? kind : 'reversed';
  if (state === 'reversed' || state === 'reversal')
    throw new AppError('transition_not_allowed', { state, allowedActs: [] });
}

function toReversal(original: TransferRecord, { description, metadata }: ReversalDetails): Leg {
  return {
    kind: 'reversal',
    debitAccountId: original.creditAccountId,
    creditAccountId: original.debitAccountId,
    amountMinor: BigInt(original.amountMinor),
    reference: null,
    description: description ?? `Reversal of ${toTenantId('trf', original.platformId, original.id)}`,
    effectiveDate: null,
    metadata,
    reversesId: original.id,
  };
}
