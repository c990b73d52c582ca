import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../database/unit-of-work.js';
import { Customer, type KycStatus } from '../entities/customer.entity.js';
import { AppError } from '../shared/app-error.js';
import { Clock } from '../shared/clock.js';

/** Decisions on who a customer is. */
@Injectable()
export class KycService {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /**
   * Records a decision. Openings under way hold a lock on the customer, so when this returns every one of them
   * has ended, and every later one sees the decision.
   * @param evidence what the decision rests on; an approval needs one
   */
  async decide(
    platformId: string,
    customerId: string,
    kycStatus: KycStatus,
    evidence: string | null,
  ): Promise<void> {
    await this.unitOfWork.run(async (tx) => {
      const { affected } = await tx.update(
        Customer,
        { platformId, id: customerId },
        { kycStatus, kycEvidence: evidence, updatedAt: this.clock.now() },
      );
      if (affected !== 1) throw new AppError('customer_not_found');
    });
  }
}
