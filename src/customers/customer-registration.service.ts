import { Injectable, Optional } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { AuditContext } from '../audit/audit-context.js';
import { AuditTrail } from '../audit/audit-trail.service.js';
import { Customer } from '../entities/customer.entity.js';
import { SYSTEM_PLATFORM_ID, Platform } from '../entities/platform.entity.js';
import {
  type IdempotentCommand,
  IdempotentTransaction,
} from '../idempotency/idempotent-transaction.service.js';
import type { Claim } from '../idempotency/idempotency.service.js';
import { AppError } from '../shared/app-error.js';
import { Clock } from '../shared/clock.js';
import { toTenantId } from '../shared/object-id.js';
import { RegistrationHook } from './registration-hook.js';
import { CustomerQueries, type CustomerRecord } from './customer-queries.service.js';
import { assertJurisdiction } from './known-jurisdiction.js';
import { type CustomerView, toView } from './customers.service.js';

export interface CustomerRegistration {
  platformId: string;
  identifier: string;
  displayName: string;
  audit: AuditContext;
  /** `null`: the request carried no idempotency key. */
  claim: Claim<CustomerView> | null;
}

export interface WantedCustomer {
  platformId: string;
  identifier: string;
  displayName: string;
  email: string | null;
  countryOfResidence: string | null;
}

/** KYC evidence of customers on a platform with a delegated KYC agreement. */
const DELEGATED_EVIDENCE = 'delegated to the platform by agreement';

@Injectable()
export class CustomerRegistrationService {
  constructor(
    private readonly transaction: IdempotentTransaction,
    private readonly queries: CustomerQueries,
    private readonly trail: AuditTrail,
    private readonly clock: Clock,
    @Optional() private readonly registrationHook?: RegistrationHook,
  ) {}

  /**
   * Registers a customer on a platform. Its KYC is `approved` at once under a delegated agreement, else `not_started`.
   * @throws AppError platform_not_verified, customer_identifier_taken, customer_display_name_taken
   * @throws ClaimLost when a concurrent request with the same idempotency key won
   */
  async register({ claim, audit, ...registration }: CustomerRegistration): Promise<CustomerView> {
    const { platformId, identifier, displayName } = registration;
    const wanted = { platformId, identifier, displayName, email: null, countryOfResidence: null };
    return this.transaction.run(claim, async (tx) => toView(await this.insert(tx, wanted, audit)));
  }

  /** `register` by an admin. @throws AppError as `register`, and validation_failed for an unknown country */
  async registerByAdmin(
    wanted: WantedCustomer,
    { audit, claim }: IdempotentCommand<CustomerRecord>,
  ): Promise<CustomerRecord> {
    return this.transaction.run(claim, async (tx) => {
      await assertJurisdiction(tx, 'countryOfResidence', wanted.countryOfResidence);
      const { platformId, id } = await this.insert(tx, wanted, audit);
      return this.queries.get({ platformId, id }, tx);
    });
  }

  private async insert(tx: EntityManager, wanted: WantedCustomer, audit: AuditContext): Promise<Customer> {
    const { platformId } = wanted;
    const platform = await tx.findOne(Platform, {
      where: { id: platformId },
      lock: { mode: 'pessimistic_read' },
    });
    if (platform === null || platformId === SYSTEM_PLATFORM_ID) throw new AppError('object_not_found');
    if (platform.status !== 'verified') throw new AppError('platform_not_verified');
    const delegated = platform.kycAgreement === 'delegated';
    const [{ id }] = await tx.query<[{ id: string }]>(`SELECT nextval('customers_id_seq') AS id`);
    const now = this.clock.now();
    const customer = tx.create(Customer, {
      ...wanted,
      id,
      status: 'active',
      kycStatus: delegated ? 'approved' : 'not_started',
      kycEvidence: delegated ? DELEGATED_EVIDENCE : null,
      kycProvider: null,
      kycReviewer: null,
      kycReason: null,
      kycExpiresAt: null,
      kycRound: 1,
      kycRoundBeganAt: null,
      debitsRestricted: false,
      kycDecidedAt: delegated ? now : null,
      jurisdictionOverride: null,
      createdAt: now,
      updatedAt: now,
    });
    await tx.insert(Customer, customer);
    await this.trail.append(tx, {
      platformId,
      action: 'customer.created',
      objectId: toTenantId('cus', platformId, id),
      audit,
      after: { ...wanted, kycStatus: customer.kycStatus, kycEvidence: customer.kycEvidence },
    });
    await this.registrationHook?.settle(tx, customer);
    return customer;
  }
}
