import { Injectable } from '@nestjs/common';
import { allOrNone } from '../database/all-or-none.js';
import { Gatherer, type Manner, type Outcome, resultOf } from '../database/gatherer.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { keyNameOf } from '../idempotency/idempotency.service.js';
import { AppError } from '../shared/app-error.js';
import type { AccountView } from './account-view.js';
import { DuplicatesService } from './duplicates.service.js';
import type { Opening } from './opening.js';
import { OpeningWriter } from './opening-writer.service.js';

/** An opening, with names of what no other may be at at the same time. */
interface Submitted {
  opening: Opening;
  claims: readonly string[];
}

/**
 * Opens accounts: every rule decided again on current rows, and everything written, in one transaction.
 *
 * Openings that arrive while others are written are gathered and share the next transaction. Those of products lock
 * their customers otherwise than the rest, so they are gathered apart.
 */
@Injectable()
export class AccountOpeningService {
  private readonly ofProducts = this.gatherer();
  private readonly ofCurrencies = this.gatherer();

  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly writer: OpeningWriter,
    private readonly duplicates: DuplicatesService,
  ) {}

  /**
   * @throws AppError for every rule (policies/opening-rules.ts), in the order of refusal, with what each said;
   *   account_exists carries the account that stands
   * @throws ClaimLost when a twin under the same idempotency key was first; nothing is written then
   */
  async open(opening: Opening): Promise<AccountView> {
    const gatherer = opening.channel === 'workspace' ? this.ofProducts : this.ofCurrencies;
    try {
      return await gatherer.submit({ opening, claims: await this.claimsOf(opening) });
    } catch (error) {
      if (error instanceof AppError && error.code === 'account_exists')
        await this.duplicates.refuse(opening, error);
      throw error;
    }
  }

  /**
   * Opens all of them or none, each after those before it, in one transaction.
   * @throws BatchRefused with what `open` would throw for each that is refused
   * @throws ClaimLost when a twin under one of the idempotency keys was first; nothing is written then
   */
  async openAll(openings: readonly Opening[]): Promise<AccountView[]> {
    const reference = await this.writer.reference();
    return this.unitOfWork.run((tx) =>
      allOrNone(tx, openings, async (within, opening) => {
        const [outcome] = await this.writer.open(within, [opening], { reference, manner: 'alone' });
        return resultOf(outcome);
      }),
    );
  }

  private gatherer(): Gatherer<Submitted, AccountView> {
    return new Gatherer({
      work: (submitted, manner) => this.openGathered(submitted, manner),
      platformOf: ({ opening }) => opening.platformId,
      claimsOf: ({ claims }) => claims,
      watchOf: ({ opening }) => opening.act.watch,
    });
  }

  private async openGathered(
    submitted: readonly Submitted[],
    manner: Manner,
  ): Promise<Outcome<AccountView>[]> {
    const reference = await this.writer.reference();
    const openings = submitted.map(({ opening }) => opening);
    return this.unitOfWork.runGathered(manner, (tx) => this.writer.open(tx, openings, { reference, manner }));
  }

  /**
   * Two doubles are never written by one statement, nor two requests of one idempotency key. What this process does not
   * know of a product costs a second try at worst: the constraints decide.
   */
  private async claimsOf(opening: Opening): Promise<string[]> {
    const { claim } = opening;
    const twin = await this.duplicates.twinOf(opening);
    return [
      ...(twin === null ? [] : [`twin ${JSON.stringify(Object.values(twin))}`]),
      ...(claim === null ? [] : [keyNameOf(claim)]),
    ];
  }
}
