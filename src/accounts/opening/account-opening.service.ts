import { Injectable } from '@nestjs/common';
import { allOrNone } from '../../database/all-or-none.js';
import { Batcher, type LockMode, type BatchOutcome, resultOf } from '../../concurrency/batcher.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { keyNameOf } from '../../idempotency/idempotency.service.js';
import { AppError } from '../../shared/app-error.js';
import type { AccountView } from '../reading/account-view.js';
import { DuplicatesService } from './duplicates.service.js';
import type { Opening } from './opening.js';
import { OpeningWriter } from './opening-writer.service.js';

/** An opening and its mutual-exclusion keys (BatchOptions.exclusiveKeysOf). */
interface Submitted {
  opening: Opening;
  exclusiveKeys: readonly string[];
}

/**
 * Opens accounts. One transaction evaluates every rule again on locked rows and writes all effects.
 *
 * Openings that arrive while a batch is executed form the next batch and share its transaction. Openings of a product
 * lock the customer's row FOR NO KEY UPDATE, other openings lock it FOR SHARE, so they have separate batchers.
 */
@Injectable()
export class AccountOpeningService {
  private readonly ofProducts = this.batcher();
  private readonly ofCurrencies = this.batcher();

  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly writer: OpeningWriter,
    private readonly duplicates: DuplicatesService,
  ) {}

  /**
   * @throws AppError the refusal of the first rule that fails (opening-rules.ts), with the verdicts of all rules;
   *   account_exists has the existing account in its details
   * @throws ClaimLost when a concurrent request with the same idempotency key won; nothing is written then
   */
  async open(opening: Opening): Promise<AccountView> {
    const batcher = opening.channel === 'workspace' ? this.ofProducts : this.ofCurrencies;
    try {
      return await batcher.submit({ opening, exclusiveKeys: await this.exclusiveKeysOf(opening) });
    } catch (error) {
      if (error instanceof AppError && error.code === 'account_exists')
        await this.duplicates.refuse(opening, error);
      throw error;
    }
  }

  /**
   * Opens all accounts or none, in order, in one transaction; each opening sees the ones before it.
   * @throws BatchRefused with the error that `open` would throw for each refused opening
   * @throws ClaimLost when a concurrent request with the same idempotency key won; nothing is written then
   */
  async openAll(openings: readonly Opening[]): Promise<AccountView[]> {
    const reference = await this.writer.reference();
    return this.unitOfWork.run((tx) =>
      allOrNone(tx, openings, async (within, opening) => {
        const [outcome] = await this.writer.open(within, [opening], { reference, lockMode: 'wait' });
        return resultOf(outcome);
      }),
    );
  }

  private batcher(): Batcher<Submitted, AccountView> {
    return new Batcher({
      execute: (submitted, lockMode) => this.openBatch(submitted, lockMode),
      queueOf: ({ opening }) => opening.platformId,
      exclusiveKeysOf: ({ exclusiveKeys }) => exclusiveKeys,
      stopwatchOf: ({ opening }) => opening.audit.watch,
    });
  }

  private async openBatch(
    submitted: readonly Submitted[],
    lockMode: LockMode,
  ): Promise<BatchOutcome<AccountView>[]> {
    const reference = await this.writer.reference();
    const openings = submitted.map(({ opening }) => opening);
    return this.unitOfWork.runBatch(lockMode, (tx) =>
      this.writer.open(tx, openings, { reference, lockMode }),
    );
  }

  /**
   * Keeps duplicates, and requests with the same idempotency key, out of the same batch. For a product that is not
   * cached yet the duplicate key is missing: two duplicates may share a batch, which then fails on the unique
   * constraint and is retried singly.
   */
  private async exclusiveKeysOf(opening: Opening): Promise<string[]> {
    const { claim } = opening;
    const duplicate = await this.duplicates.duplicateOf(opening);
    return [
      ...(duplicate === null ? [] : [`duplicate ${JSON.stringify(Object.values(duplicate))}`]),
      ...(claim === null ? [] : [keyNameOf(claim)]),
    ];
  }
}
