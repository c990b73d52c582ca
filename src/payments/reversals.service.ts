import { Injectable } from '@nestjs/common';
import { type ActCommand, Acts } from '../idempotency/acts.service.js';
import type { Leg } from '../ledger/posted-transfer.js';
import { TransferDirectory, type TransferRecord } from '../books/transfer-directory.service.js';
import { AppError } from '../shared/app-error.js';
import { type TenantObject, toTenantId } from '../shared/object-id.js';
import { PostingService } from './posting.service.js';

/** What is told of a reversal. */
export interface ReversalDetails {
  description: string | null;
  metadata: Readonly<Record<string, string>>;
}

/** Undoes transfers by new ones in the other direction, linked to them. */
@Injectable()
export class ReversalsService {
  constructor(
    private readonly acts: Acts,
    private readonly posting: PostingService,
    private readonly directory: TransferDirectory,
  ) {}

  /**
   * Reverses a transfer, and with it everything that was posted together with it, last first.
   * @throws AppError object_not_found, transition_not_allowed when it is reversed already or a reversal itself, and
   *   whatever `PostingService.post` refuses
   */
  async reverse(
    transfer: TenantObject,
    details: ReversalDetails,
    { act, claim }: ActCommand<TransferRecord[]>,
  ): Promise<TransferRecord[]> {
    const { platformId } = transfer;
    return this.acts.run(claim, async (tx) => {
      const { journalId } = await this.directory.get(transfer, tx);
      const journal = { platformId, id: journalId };
      const accounts = (await this.directory.journal(journal, tx)).flatMap((leg) => [
        leg.debitAccountId,
        leg.creditAccountId,
      ]);
      const opened = await this.posting.lock(tx, platformId, accounts);
      // Read again: who reversed it meanwhile held the same locks.
      const originals = await this.directory.journal(journal, tx);
      originals.forEach(assertReversible);
      const legs = originals.reverse().map((original) => toReversal(original, details));
      const { transfers } = await this.posting.postWithin(tx, opened, { legs, act });
      return this.directory.journal({ platformId, id: transfers[0]?.journalId ?? '' }, tx);
    });
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
