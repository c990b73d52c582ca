import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { AuditContext } from '../audit/audit-context.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { type Claim, IdempotencyService } from './idempotency.service.js';

/** The audit context and the idempotency claim that every command carries. */
export interface IdempotentCommand<View> {
  audit: AuditContext;
  /** `null`: the request carried no idempotency key. */
  claim: Claim<View> | null;
}

/** Runs a command in one transaction, and stores its response there when the request carried an idempotency key. */
@Injectable()
export class IdempotentTransaction {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly idempotency: IdempotencyService,
  ) {}

  /**
   * @param work must keep no state between attempts: after a deadlock it is run again
   * @throws ClaimLost when a concurrent request with the same key committed first; the transaction is rolled back
   */
  async run<View>(claim: Claim<View> | null, work: (tx: EntityManager) => Promise<View>): Promise<View> {
    return this.unitOfWork.run(async (tx) => {
      const view = await work(tx);
      if (claim !== null) await this.idempotency.claim(tx, claim, claim.storedResponseOf(view));
      return view;
    });
  }
}
