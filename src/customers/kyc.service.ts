import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { AuditContext } from '../audit/audit-context.js';
import { AuditTrail } from '../audit/audit-trail.service.js';
import { Customer, type KycStatus } from '../entities/customer.entity.js';
import { Platform } from '../entities/platform.entity.js';
import type { NewEvent } from '../events/event-types.js';
import { Outbox } from '../events/outbox.service.js';
import { IdempotentTransaction } from '../idempotency/idempotent-transaction.service.js';
import type { Claim } from '../idempotency/idempotency.service.js';
import { AppError } from '../shared/app-error.js';
import { Clock } from '../shared/clock.js';
import { type TenantObject, toTenantId } from '../shared/object-id.js';
import { assertNextState } from '../shared/state-machine.js';
import { CustomerQueries, type CustomerRecord } from './customer-queries.service.js';
import { KYC_MACHINE, type KycTransition } from './kyc-machine.js';
import { assertOfCurrentRound, type DecisionOrigin, nextRound } from './kyc-round.js';

/** One state transition of a KYC case. */
export interface KycStep {
  transition: KycTransition;
  /** Evidence of the decision, such as a provider's case number; required for an approval. */
  evidence?: string | null;
  /** When the decision expires; `null`: never. */
  expiresAt?: Date | null;
  /** The provider that decided; `null`: an admin. */
  provider?: string | null;
  /**
   * Round and time of a provider's decision, to be checked; missing for an admin, because it decides on the current
   * round.
   */
  origin?: DecisionOrigin;
}

interface KycCommand extends KycStep {
  customer: TenantObject;
  context: AuditContext;
  claim: Claim<CustomerRecord> | null;
}

type KycFields = Pick<
  Customer,
  | 'kycStatus'
  | 'kycEvidence'
  | 'kycProvider'
  | 'kycReviewer'
  | 'kycReason'
  | 'kycDecidedAt'
  | 'kycExpiresAt'
  | 'kycRound'
  | 'kycRoundBeganAt'
  | 'debitsRestricted'
>;

/** State transitions of KYC cases. */
@Injectable()
export class KycService {
  constructor(
    private readonly transaction: IdempotentTransaction,
    private readonly queries: CustomerQueries,
    private readonly trail: AuditTrail,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  /**
   * Moves a case. It locks the customer's row, which openings lock too: when it returns, every opening in progress has
   * ended, and every later one reads the decision.
   * @throws AppError object_not_found, kyc_round_mismatch, transition_not_allowed, validation_failed for an approval
   *   without evidence or an end that is past
   */
  async move({ customer, context, claim, ...step }: KycCommand): Promise<CustomerRecord> {
    return this.transaction.run(claim, async (tx) => {
      await this.moveWithin(tx, customer, step, context);
      return this.queries.get(customer, tx);
    });
  }

  async moveWithin(
    tx: EntityManager,
    { platformId, id }: TenantObject,
    step: KycStep,
    context: AuditContext,
  ): Promise<void> {
    const customer = await tx.findOne(Customer, {
      where: { platformId, id },
      lock: { mode: 'pessimistic_write' },
    });
    if (customer === null) throw new AppError('object_not_found');
    if (step.origin !== undefined) assertOfCurrentRound(customer, step.origin);
    const now = this.clock.now();
    const from = statusAt(customer, now);
    // `statusAt` returns `expired` for a due decision, but the transition `expire` starts from the stored status.
    const kycStatus = assertNextState(
      KYC_MACHINE,
      step.transition === 'expire' ? customer.kycStatus : from,
      step.transition,
    );
    assertWhole(step, now);
    const change = { ...(await this.changeBy(tx, customer, step, context)), kycStatus };
    await tx.update(Customer, { platformId, id }, { ...change, updatedAt: now });
    await this.trail.append(tx, {
      platformId,
      action: `kyc.${kycStatus}`,
      objectId: toTenantId('kyc', platformId, id),
      audit: context,
      before: kycFieldsOf({ ...customer, kycStatus: from }),
      after: kycFieldsOf(Object.assign(customer, change)),
    });
    await this.outbox.publish(tx, [movedEvent(customer, now)]);
  }

  private async changeBy(
    tx: EntityManager,
    customer: Customer,
    { transition, evidence = null, expiresAt = null, provider = null }: KycStep,
    { actor, reason }: AuditContext,
  ): Promise<Omit<KycFields, 'kycStatus'>> {
    const decided = { kycProvider: provider, kycReviewer: actor.name, kycReason: reason };
    const { kycRound, kycRoundBeganAt } = customer;
    const round = { kycRound, kycRoundBeganAt };
    if (transition === 'expire') {
      const platform = await tx.findOneByOrFail(Platform, { id: customer.platformId });
      const { kycEvidence, kycProvider, kycReviewer, kycDecidedAt, kycExpiresAt } = customer;
      const kept = { kycEvidence, kycProvider, kycReviewer, kycDecidedAt, kycExpiresAt };
      return { ...kept, ...round, kycReason: reason, debitsRestricted: platform.kycExpiryRestrictsDebits };
    }
    const isDecision = transition === 'approve' || transition === 'reject';
    return {
      ...decided,
      ...(transition === 'reopen' ? nextRound(customer, this.clock.now()) : round),
      kycEvidence: evidence ?? (transition === 'approve' ? null : customer.kycEvidence),
      kycDecidedAt: isDecision ? this.clock.now() : null,
      kycExpiresAt: isDecision ? expiresAt : null,
      debitsRestricted: transition === 'approve' ? false : customer.debitsRestricted,
    };
  }
}

/** @throws Error for `not_started`: no transition leads there */
function movedEvent(moved: Customer, now: Date): NewEvent {
  const { platformId, id, identifier, kycStatus, kycRound, kycExpiresAt } = moved;
  const objectId = toTenantId('cus', platformId, id);
  if (kycStatus === 'not_started') throw new Error('no KYC step leads to not_started');
  const customer = {
    id: objectId,
    customerIdentifier: identifier,
    kycStatus,
    kycRound,
    kycExpiresAt: kycExpiresAt?.toISOString() ?? null,
  };
  const type = `kyc.${kycStatus}` as const;
  return { platformId, type, objectId, data: { customer }, occurredAt: now };
}

/** The status at a time: a due decision is `expired` even before the expiry job has processed it. */
function statusAt({ kycStatus, kycExpiresAt }: Customer, now: Date): KycStatus {
  const isOver = kycExpiresAt !== null && kycExpiresAt <= now;
  return isOver && (kycStatus === 'approved' || kycStatus === 'rejected') ? 'expired' : kycStatus;
}

function assertWhole({ transition, evidence, expiresAt }: KycStep, now: Date): void {
  if (transition === 'approve' && !evidence) {
    const message = 'is required for an approval';
    const field = { path: 'evidence', constraint: 'required' as const, message, invalidValue: evidence };
    throw new AppError('validation_failed', { fields: [field] });
  }
  if (expiresAt && expiresAt <= now) {
    const field = { path: 'expiresAt', constraint: 'range' as const, message: 'must be in the future' };
    throw new AppError('validation_failed', { fields: [{ ...field, invalidValue: expiresAt }] });
  }
}

function kycFieldsOf(customer: KycFields): object {
  const { kycStatus, kycRound, kycEvidence, kycProvider, kycExpiresAt, debitsRestricted } = customer;
  return {
    status: kycStatus,
    round: kycRound,
    evidence: kycEvidence,
    provider: kycProvider,
    expiresAt: kycExpiresAt,
    debitsRestricted,
  };
}
