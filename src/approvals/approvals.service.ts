import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { ActContext } from '../audit/act.js';
import { AuditTrail } from '../audit/audit-trail.service.js';
import { listPage } from '../database/listing.js';
import { ApprovalRequest, type ApprovalStatus } from '../entities/approval-request.entity.js';
import { type ActCommand, Acts } from '../idempotency/acts.service.js';
import { AppError } from '../shared/app-error.js';
import { Clock } from '../shared/clock.js';
import type { ListQuery, Page } from '../shared/listing.js';
import { parseTenantId, type TenantObject, toTenantId } from '../shared/object-id.js';
import { APPROVAL_LIST } from './approval-list.js';

export const APPROVED_ACTIONS = [
  'platform.verify',
  'customer.override_jurisdiction',
  'account.reopen',
  'account.unfreeze',
  'account.adjust',
] as const;
export type ApprovedAction = (typeof APPROVED_ACTIONS)[number];

/** What one admin asks another to approve. */
export interface ApprovalWish {
  platformId: string;
  action: ApprovedAction;
  /** Prefixed id of what the act is about. */
  objectId: string;
  /** What else the act needs to know. */
  payload?: Record<string, string | null>;
  act: ActContext;
}

export interface ApprovalView extends ApprovalRequest {
  status: ApprovalStatus;
}

/** Does what was approved, inside the approval's transaction. */
export type ApprovedAct = (tx: EntityManager, request: ApprovalRequest, act: ActContext) => Promise<void>;

/** Dangerous acts need a second person: one admin asks, another decides, and the act is done by the decision. */
@Injectable()
export class ApprovalsService {
  private readonly approvedActs = new Map<ApprovedAction, ApprovedAct>();

  constructor(
    private readonly dataSource: DataSource,
    private readonly acts: Acts,
    private readonly trail: AuditTrail,
    private readonly clock: Clock,
  ) {}

  /** Says what is done when a request of this action is approved. Each module names its own at its start. */
  onApproved(action: ApprovedAction, act: ApprovedAct): void {
    this.approvedActs.set(action, act);
  }

  list(query: ListQuery): Promise<Page<ApprovalView>> {
    return listPage<ApprovalView>(this.dataSource, APPROVAL_LIST, query);
  }

  /** @throws AppError object_not_found */
  async get({ platformId, id }: TenantObject): Promise<ApprovalView> {
    const request = await this.dataSource.manager.findOneBy(ApprovalRequest, { platformId, id });
    if (request === null) throw new AppError('object_not_found');
    return request;
  }

  /** @throws AppError approval_pending when the same is asked for already */
  async request(tx: EntityManager, wish: ApprovalWish): Promise<ApprovalView> {
    const { platformId, action, objectId, payload = {}, act } = wish;
    const [{ id }] = await tx.query<[{ id: string }]>(`SELECT nextval('approval_requests_id_seq') AS id`);
    const request = tx.create(ApprovalRequest, {
      ...{ platformId, id, action, objectId, payload, reason: act.reason ?? '', status: 'pending' },
      ...{ requestedBy: adminIdOf(act), requestedByName: act.actor.name, requestedAt: this.clock.now() },
      ...{ decidedBy: null, decidedByName: null, decidedAt: null, decisionReason: null },
    });
    await tx.insert(ApprovalRequest, request);
    await this.trail.append(tx, {
      ...{ platformId, action: `${action}.requested`, objectId, act },
      after: { approval: toTenantId('apr', platformId, id), ...payload },
    });
    return request;
  }

  /**
   * Approves, and does what was asked for in the same transaction: where it is not possible any more, the approval
   * is refused with the reason and stays pending.
   * @throws AppError object_not_found, transition_not_allowed when decided already, second_person_required
   */
  async approve(name: TenantObject, { act, claim }: ActCommand<ApprovalView>): Promise<ApprovalView> {
    return this.acts.run(claim, async (tx) => {
      const request = await this.decide(tx, name, 'approved', act);
      const approved = this.approvedActs.get(request.action as ApprovedAction);
      if (approved === undefined) throw new Error(`nothing is known to do ${request.action}`);
      await approved(tx, request, act);
      return request;
    });
  }

  /** @throws AppError as `approve`. Who asked may not refuse either: withdrawing is for the second person too. */
  async refuse(name: TenantObject, { act, claim }: ActCommand<ApprovalView>): Promise<ApprovalView> {
    return this.acts.run(claim, (tx) => this.decide(tx, name, 'refused', act));
  }

  private async decide(
    tx: EntityManager,
    { platformId, id }: TenantObject,
    status: 'approved' | 'refused',
    act: ActContext,
  ): Promise<ApprovalRequest> {
    const request = await tx.findOne(ApprovalRequest, {
      where: { platformId, id },
      lock: { mode: 'pessimistic_write' },
    });
    if (request === null) throw new AppError('object_not_found');
    if (request.status !== 'pending')
      throw new AppError('transition_not_allowed', { state: request.status, allowedActs: [] });
    const decidedBy = adminIdOf(act);
    if (decidedBy === request.requestedBy) throw new AppError('second_person_required');
    const decision = {
      ...{ status, decidedBy, decidedByName: act.actor.name, decidedAt: this.clock.now() },
      decisionReason: act.reason,
    };
    await tx.update(ApprovalRequest, { platformId, id }, decision);
    const { action, objectId } = request;
    await this.trail.append(tx, {
      ...{ platformId, action: `${action}.${status}`, objectId, act },
      after: { approval: toTenantId('apr', platformId, id), requestedBy: request.requestedByName },
    });
    return Object.assign(request, decision);
  }
}

/** The admin who acts. @throws Error when it is no admin: nobody else may ask or decide */
export function adminIdOf({ actor }: ActContext): string {
  const admin = parseTenantId('adm', actor.id);
  if (admin === null) throw new Error(`${actor.id} is not an admin`);
  return admin.id;
}
