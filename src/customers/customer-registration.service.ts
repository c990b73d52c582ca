import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../database/unit-of-work.js';
import { Customer } from '../entities/customer.entity.js';
import { Platform } from '../entities/platform.entity.js';
import { type Claim, IdempotencyService } from '../idempotency/idempotency.service.js';
import { AppError } from '../shared/app-error.js';
import { Clock } from '../shared/clock.js';
import { type CustomerView, toView } from './customers.service.js';

export interface CustomerRegistration {
  platformId: string;
  identifier: string;
  displayName: string;
  /** Present when the request carried an idempotency key. */
  claim: Claim<CustomerView> | null;
}

/** Evidence of a customer whose platform answers for KYC itself. */
const DELEGATED_EVIDENCE = 'delegated to the platform by agreement';

@Injectable()
export class CustomerRegistrationService {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly idempotency: IdempotencyService,
    private readonly clock: Clock,
  ) {}

  /**
   * Registers a customer under its platform: approved at once when the platform's agreement delegates KYC,
   * not yet started otherwise.
   * @throws AppError platform_not_verified, customer_identifier_taken, customer_display_name_taken
   * @throws ClaimLost when a twin under the same idempotency key was first
   */
  async register(registration: CustomerRegistration): Promise<CustomerView> {
    const { platformId, identifier, displayName, claim } = registration;
    return this.unitOfWork.run(async (tx) => {
      const platform = await tx.findOneOrFail(Platform, {
        where: { id: platformId },
        lock: { mode: 'pessimistic_read' },
      });
      if (platform.status !== 'verified') throw new AppError('platform_not_verified');
      const delegated = platform.kycAgreement === 'delegated';
      const [{ id }] = await tx.query<[{ id: string }]>(`SELECT nextval('customers_id_seq') AS id`);
      const now = this.clock.now();
      const customer = tx.create(Customer, {
        ...{ platformId, id, identifier, displayName, status: 'active' },
        kycStatus: delegated ? 'approved' : 'not_started',
        kycEvidence: delegated ? DELEGATED_EVIDENCE : null,
        ...{ email: null, kycProvider: null, kycReviewer: null, kycReason: null, kycExpiresAt: null },
        ...{ kycDecidedAt: delegated ? now : null, debitsRestricted: false },
        ...{ countryOfResidence: null, jurisdictionOverride: null, createdAt: now, updatedAt: now },
      });
      const view = toView(customer);
      if (claim !== null) await this.idempotency.claim(tx, claim, claim.receiptOf(view));
      await tx.insert(Customer, customer);
      return view;
    });
  }
}
