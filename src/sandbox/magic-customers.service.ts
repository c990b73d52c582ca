import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { systemContext } from '../audit/audit-context.js';
import { RegistrationHook } from '../customers/registration-hook.js';
import { KycService, type KycStep } from '../customers/kyc.service.js';
import type { Customer } from '../entities/customer.entity.js';
import { Clock } from '../shared/clock.js';
import { magicKycOf } from './kyc-magic.js';

const EVIDENCE = 'magic value of the sandbox';
/** A decision must end in the future; this one expires almost at once. */
const A_MOMENT_MS = 1_000;

/** Moves a new customer's KYC case to the state that its name selects, by the ordinary transitions. */
@Injectable()
export class MagicCustomers extends RegistrationHook {
  constructor(
    private readonly kyc: KycService,
    private readonly clock: Clock,
  ) {
    super();
  }

  override async settle(tx: EntityManager, customer: Customer): Promise<void> {
    const wanted = magicKycOf(customer);
    if (wanted === null || wanted === customer.kycStatus) return;
    const context = systemContext('sandbox', `the magic value kyc-${wanted} in the customer’s name`);
    const begin: KycStep = { transition: customer.kycStatus === 'not_started' ? 'submit' : 'reopen' };
    for (const step of [begin, ...this.stepsTo(wanted)])
      await this.kyc.moveWithin(tx, { platformId: customer.platformId, id: customer.id }, step, context);
  }

  /** From `pending`. */
  private stepsTo(wanted: ReturnType<typeof magicKycOf>): KycStep[] {
    const endsNow = new Date(this.clock.now().getTime() + A_MOMENT_MS);
    if (wanted === 'approved') return [{ transition: 'approve', evidence: EVIDENCE }];
    if (wanted === 'rejected') return [{ transition: 'reject', evidence: EVIDENCE }];
    if (wanted === 'expired')
      return [{ transition: 'approve', evidence: EVIDENCE, expiresAt: endsNow }, { transition: 'expire' }];
    return [];
  }
}
