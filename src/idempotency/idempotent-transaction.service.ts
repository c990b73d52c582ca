import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { AuditContext } from '../audit/audit-context.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { type Claim, IdempotencyService } from './idempotency.service.js';

/** Input of every command: the audit context and the idempotency key, beside what the command is about. */
export interface IdempotentCommand<View> {
  audit: AuditContext;
  /** Present when the call carried an idempotency key. */
  claim: Claim<View> | null;
}

/** One work in one transaction, with the record of its answer when the call carried an idempotency key. */
@Injectable()
export class IdempotentTransaction {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly idempotency: IdempotencyService,
  ) {}

  /**
   * @param work must keep nothing from an earlier attempt: a deadlock runs it again
   * @throws ClaimLost when a concurrent request with the same key won; nothing is written then
   */
  async run<View>(claim: Claim<View> | null, work: (tx: EntityManager) => Promise<View>): Promise<View> {
    return this.unitOfWork.run(async (tx) => {
      const view = await work(tx);
      if (claim !== null) await this.idempotency.claim(tx, claim, claim.storedResponseOf(view));
      return view;
    });
  }
}
