import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { ApprovalsService, type ApprovalView } from '../approvals/approvals.service.js';
import type { ActContext } from '../audit/act.js';
import { AuditTrail, changeOf } from '../audit/audit-trail.service.js';
import { Customer, type CustomerStatus } from '../entities/customer.entity.js';
import { type ActCommand, Acts } from '../idempotency/acts.service.js';
import { AppError } from '../shared/app-error.js';
import { Clock } from '../shared/clock.js';
import { parseTenantId, type TenantObject, toTenantId } from '../shared/object-id.js';
import { assertNextState, type StateMachine } from '../shared/state-machine.js';
import { assertJurisdiction } from './known-jurisdiction.js';
import { CustomerDirectory, type CustomerRecord } from './customer-directory.service.js';

export const CUSTOMER_ACTS = ['suspend', 'activate'] as const;
export type CustomerAct = (typeof CUSTOMER_ACTS)[number];

export const CUSTOMER_MACHINE: StateMachine<CustomerStatus, CustomerAct> = {
  suspend: { from: ['active'], to: 'suspended' },
  activate: { from: ['suspended'], to: 'active' },
};

/** What an operator may change of a customer's record; what is missing stays. */
export interface CustomerChange {
  displayName?: string;
  email?: string | null;
  countryOfResidence?: string | null;
}

interface Command<View> extends ActCommand<View> {
  customer: TenantObject;
}

const OVERRIDE = 'customer.override_jurisdiction';

/** What those who operate the bank do with customers. */
@Injectable()
export class CustomerAdministration implements OnModuleInit {
  constructor(
    private readonly acts: Acts,
    private readonly directory: CustomerDirectory,
    private readonly approvals: ApprovalsService,
    private readonly trail: AuditTrail,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.approvals.onApproved(OVERRIDE, async (tx, { objectId, payload }, act) => {
      const customer = parseTenantId('cus', objectId);
      if (customer === null) throw new Error(`${objectId} is not a customer`);
      const { jurisdiction } = payload as { jurisdiction: string | null };
      await this.change(
        tx,
        customer,
        { jurisdictionOverride: jurisdiction },
        { act, action: 'jurisdiction_overridden' },
      );
    });
  }

  /** @throws AppError object_not_found, transition_not_allowed */
  async do(
    customerAct: CustomerAct,
    { customer, act, claim }: Command<CustomerRecord>,
  ): Promise<CustomerRecord> {
    return this.acts.run(claim, async (tx) => {
      const { status } = await this.lock(tx, customer);
      const next = assertNextState(CUSTOMER_MACHINE, status, customerAct);
      await this.change(tx, customer, { status: next }, { act, action: next });
      return this.directory.get(customer, tx);
    });
  }

  /** @throws AppError object_not_found, customer_display_name_taken, validation_failed for an unknown country */
  async amend(
    change: CustomerChange,
    { customer, act, claim }: Command<CustomerRecord>,
  ): Promise<CustomerRecord> {
    return this.acts.run(claim, async (tx) => {
      await assertJurisdiction(tx, 'countryOfResidence', change.countryOfResidence ?? null);
      await this.change(tx, customer, change, { act, action: 'amended' });
      return this.directory.get(customer, tx);
    });
  }

  /**
   * Asks for another jurisdiction than the customer's residence gives; `null`: for none any more.
   * @throws AppError object_not_found, validation_failed for an unknown jurisdiction, approval_pending
   */
  async requestOverride(
    jurisdiction: string | null,
    { customer, act, claim }: Command<ApprovalView>,
  ): Promise<ApprovalView> {
    return this.acts.run(claim, async (tx) => {
      await this.lock(tx, customer);
      await assertJurisdiction(tx, 'jurisdiction', jurisdiction);
      const objectId = toTenantId('cus', customer.platformId, customer.id);
      const wish = { platformId: customer.platformId, action: OVERRIDE, objectId, act } as const;
      return this.approvals.request(tx, { ...wish, payload: { jurisdiction } });
    });
  }

  private async change(
    tx: EntityManager,
    { platformId, id }: TenantObject,
    change: Partial<Customer>,
    { act, action }: { act: ActContext; action: string },
  ): Promise<void> {
    const customer = await this.lock(tx, { platformId, id });
    const states = changeOf(customer, change);
    await tx.update(Customer, { platformId, id }, { ...change, updatedAt: this.clock.now() });
    await this.trail.append(tx, {
      ...{ platformId, action: `customer.${action}`, objectId: toTenantId('cus', platformId, id), act },
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
