import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { ActContext } from '../audit/act.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { type Claim, IdempotencyService } from './idempotency.service.js';

/** What every act is told beside what it is about. */
export interface ActCommand<View> {
  act: ActContext;
  /** Present when the call carried an idempotency key. */
  claim: Claim<View> | null;
}

/** One act in one transaction, with the record of its answer when the call carried an idempotency key. */
@Injectable()
export class Acts {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly idempotency: IdempotencyService,
  ) {}

  /**
   * @param act must keep nothing from an earlier attempt: a deadlock runs it again
   * @throws ClaimLost when a twin under the same key was first; nothing is written then
   */
  async run<View>(claim: Claim<View> | null, act: (tx: EntityManager) => Promise<View>): Promise<View> {
    return this.unitOfWork.run(async (tx) => {
      const view = await act(tx);
      if (claim !== null) await this.idempotency.claim(tx, claim, claim.receiptOf(view));
      return view;
    });
  }
}
