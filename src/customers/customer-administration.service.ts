import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { ApprovalsService, type ApprovalView } from '../approvals/approvals.service.js';
import type { CustomerState } from '../approvals/approval-summary.js';
import type { AuditContext } from '../audit/audit-context.js';
import { AuditTrail, changeOf } from '../audit/audit-trail.service.js';
import { ChangeFeed } from '../database/change-feed.service.js';
import { announceStatus, endSessions } from '../database/session-ending.js';
import { Customer, type CustomerStatus } from '../entities/customer.entity.js';
import { Platform } from '../entities/platform.entity.js';
import {
  type IdempotentCommand,
  IdempotentTransaction,
} from '../idempotency/idempotent-transaction.service.js';
import { AppError } from '../shared/app-error.js';
import { Clock } from '../shared/clock.js';
import { type TenantObject, tenantObjectOf, toSystemId, toTenantId } from '../shared/object-id.js';
import { assertNextState, type StateMachine } from '../shared/state-machine.js';
import { assertJurisdiction } from './known-jurisdiction.js';
import { CustomerQueries, type CustomerRecord } from './customer-queries.service.js';

export const CUSTOMER_TRANSITIONS = ['suspend', 'activate'] as const;
export type CustomerTransition = (typeof CUSTOMER_TRANSITIONS)[number];

export const CUSTOMER_MACHINE: StateMachine<CustomerStatus, CustomerTransition> = {
  suspend: { from: ['active'], to: 'suspended' },
  activate: { from: ['suspended'], to: 'active' },
};

/** The fields of a customer that an operator may change; a missing field stays as it is. */
export interface CustomerChange {
  displayName?: string;
  email?: string | null;
  countryOfResidence?: string | null;
}

interface Command<View> extends IdempotentCommand<View> {
  customer: TenantObject;
}

/** The verb in the audit action of each approved effect. */
const VERB_OF = {
  'customer.override_jurisdiction': 'jurisdiction_overridden',
  'customer.amend': 'amended',
} as const;

/** The changed customer, or the approval request that was created instead. */
export type CustomerOutcome = { customer: CustomerRecord } | { approval: ApprovalView };

/** Changes of customers by admins. */
@Injectable()
export class CustomerAdministration implements OnModuleInit {
  constructor(
    private readonly transaction: IdempotentTransaction,
    private readonly queries: CustomerQueries,
    private readonly approvals: ApprovalsService,
    private readonly trail: AuditTrail,
    private readonly feed: ChangeFeed,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    for (const [action, verb] of Object.entries(VERB_OF)) {
      this.approvals.register(action as keyof typeof VERB_OF, {
        lock: (tx, request) => this.lock(tx, tenantObjectOf('cus', request.objectId)),
        execute: async (tx, request, audit) => {
          const { change } = request.payload as { change: Partial<Customer> };
          const customer = await this.lock(tx, tenantObjectOf('cus', request.objectId));
          await this.change(tx, customer, change, { audit, action: verb });
          return null;
        },
      });
    }
  }

  /** @throws AppError object_not_found, transition_not_allowed */
  async do(
    transition: CustomerTransition,
    { customer, audit, claim }: Command<CustomerRecord>,
  ): Promise<CustomerRecord> {
    return this.transaction.run(claim, async (tx) => {
      const locked = await this.lock(tx, customer);
      const next = assertNextState(CUSTOMER_MACHINE, locked.status, transition);
      await this.change(tx, locked, { status: next }, { audit, action: next });
      if (next === 'suspended') {
        const { platformId, id: customerId } = customer;
        await endSessions(tx, { platformId, customerId }, this.clock.now());
      }
      await announceStatus(tx, this.feed);
      return this.queries.get(customer, tx);
    });
  }

  /**
   * A change of the country of residence creates an approval request instead.
   * @throws AppError object_not_found, customer_display_name_taken, validation_failed for an unknown country,
   *   approval_pending
   */
  async amend(
    change: CustomerChange,
    { customer, audit, claim }: Command<CustomerOutcome>,
  ): Promise<CustomerOutcome> {
    return this.transaction.run<CustomerOutcome>(claim, async (tx) => {
      await assertJurisdiction(tx, 'countryOfResidence', change.countryOfResidence ?? null);
      const locked = await this.lock(tx, customer);
      const { countryOfResidence = locked.countryOfResidence } = change;
      if (countryOfResidence !== locked.countryOfResidence)
        return { approval: await this.ask(tx, locked, { action: 'customer.amend', change, audit }) };
      await this.change(tx, locked, change, { audit, action: 'amended' });
      return { customer: await this.queries.get(customer, tx) };
    });
  }

  /**
   * Requests the approval of a jurisdiction override.
   * @param jurisdiction `null`: removes the override
   * @throws AppError object_not_found, validation_failed for an unknown jurisdiction, approval_pending
   */
  async requestOverride(
    jurisdiction: string | null,
    { customer, audit, claim }: Command<ApprovalView>,
  ): Promise<ApprovalView> {
    return this.transaction.run(claim, async (tx) => {
      await assertJurisdiction(tx, 'jurisdiction', jurisdiction);
      const change = { jurisdictionOverride: jurisdiction };
      return this.ask(tx, await this.lock(tx, customer), {
        action: 'customer.override_jurisdiction',
        change,
        audit,
      });
    });
  }

  /** @param customer locked */
  private async ask(
    tx: EntityManager,
    customer: Customer,
    what: { action: keyof typeof VERB_OF; change: Partial<Customer>; audit: AuditContext },
  ): Promise<ApprovalView> {
    const { action, change, audit } = what;
    const { platformId, id } = customer;
    const platform = await tx.findOneByOrFail(Platform, { id: platformId });
    const objectId = toTenantId('cus', platformId, id);
    const platformObject = toSystemId('plt', platformId);
    return this.approvals.request(tx, {
      platformId,
      action,
      objectId,
      alsoWatched: [toTenantId('kyc', platformId, id), platformObject],
      payload: { change },
      summary: {
        customer: { id: objectId, name: customer.displayName },
        platform: { id: platformObject, name: platform.name },
        before: stateOf(customer, platform),
        after: stateOf({ ...customer, ...change }, platform),
      },
      audit,
    });
  }

  /** @param customer locked */
  private async change(
    tx: EntityManager,
    customer: Customer,
    change: Partial<Customer>,
    { audit, action }: { audit: AuditContext; action: string },
  ): Promise<void> {
    const { platformId, id } = customer;
    const states = changeOf(customer, change);
    await tx.update(Customer, { platformId, id }, { ...change, updatedAt: this.clock.now() });
    await this.trail.append(tx, {
      platformId,
      action: `customer.${action}`,
      objectId: toTenantId('cus', platformId, id),
      audit,
      ...states,
    });
  }

  private async lock(tx: EntityManager, { platformId, id }: TenantObject): Promise<Customer> {
    const where = { platformId, id };
    const customer = await tx.findOne(Customer, { where, lock: { mode: 'pessimistic_write' } });
    if (customer === null) throw new AppError('object_not_found');
    return customer;
  }
}

function stateOf(customer: Customer, { homeJurisdictionCode }: Platform): CustomerState {
  const { displayName, email, countryOfResidence, jurisdictionOverride } = customer;
  const effectiveJurisdiction = jurisdictionOverride ?? countryOfResidence ?? homeJurisdictionCode;
  return { displayName, email, countryOfResidence, jurisdictionOverride, effectiveJurisdiction };
}
