import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { AuditContext } from '../audit/audit-context.js';
import { AuditTrail } from '../audit/audit-trail.service.js';
import { Environment } from '../config/env.js';
import { listPage } from '../database/listing.js';
import { Admin } from '../entities/admin.entity.js';
import { ApprovalRequest } from '../entities/approval-request.entity.js';
import { SYSTEM_PLATFORM_ID } from '../entities/platform.entity.js';
import {
  type IdempotentCommand,
  IdempotentTransaction,
} from '../idempotency/idempotent-transaction.service.js';
import { AppError } from '../shared/app-error.js';
import { Clock } from '../shared/clock.js';
import type { ListQuery, Page } from '../shared/listing.js';
import { type TenantObject, tenantObjectOf, toTenantId } from '../shared/object-id.js';
import { APPROVAL_BY_ID, APPROVAL_LIST, type ApprovalRow, END_LAPSED } from './approval-list.js';
import { type ApprovalSummaries, type ApprovalSummary, atBalances } from './approval-summary.js';
import { type ApprovedAction, DANGEROUS_EFFECTS, type DangerousEffect } from './dangerous-effects.js';
import { ApprovalSecrets } from './approval-secrets.service.js';

/** A new approval request. The caller must have locked the object. */
export interface NewApproval<Action extends ApprovedAction> {
  platformId: string;
  action: Action;
  /** Prefixed id of the object that the effect is about. */
  objectId: string;
  /** Prefixed ids of further objects of the tenant; a change of one makes the request stale. */
  alsoWatched?: readonly string[];
  /** The handler's input for executing the effect. JSON. */
  payload?: object;
  summary: ApprovalSummaries[Action];
  audit: AuditContext;
}

export type ApprovalView = Omit<ApprovalRow, 'summary'> & { summary: ApprovalSummary | null };

/** Executes an approved effect, inside the transaction of the approval. */
export interface ApprovalHandler {
  /** Locks the object, so that it cannot change between the check of its state and the effect. */
  lock(tx: EntityManager, request: ApprovalRequest): Promise<unknown>;
  /** Resolves to a secret for the requester to collect (JSON), or to `null`. */
  execute(tx: EntityManager, request: ApprovalRequest, audit: AuditContext): Promise<object | null>;
}

type Decision = 'approved' | 'refused' | 'withdrawn';

/**
 * Dangerous effects need a second person: one admin requests, another decides, and the effect is executed in the
 * transaction of the decision. A request lapses when it expires, when a watched object or the requester's role changes,
 * or when the requester's credential ends.
 */
@Injectable()
export class ApprovalsService {
  private readonly handlers = new Map<string, ApprovalHandler>();

  constructor(
    private readonly dataSource: DataSource,
    private readonly transaction: IdempotentTransaction,
    private readonly trail: AuditTrail,
    private readonly secrets: ApprovalSecrets,
    private readonly env: Environment,
    private readonly clock: Clock,
  ) {}

  /** Each module registers the handlers of its own effects in `onModuleInit`. */
  register(action: ApprovedAction, handler: ApprovalHandler): void {
    this.handlers.set(action, handler);
  }

  /** Effects without a registered handler; empty in a complete application. */
  unregistered(): ApprovedAction[] {
    return (Object.keys(DANGEROUS_EFFECTS) as ApprovedAction[]).filter(
      (action) => !this.handlers.has(action),
    );
  }

  async list(query: ListQuery): Promise<Page<ApprovalView>> {
    const page = await listPage<ApprovalView>(this.dataSource, APPROVAL_LIST, query, this.clock.now());
    return { ...page, items: page.items.map(asOfNow) };
  }

  /** @throws AppError object_not_found */
  async get(
    { platformId, id }: TenantObject,
    on: EntityManager = this.dataSource.manager,
  ): Promise<ApprovalView> {
    const rows = await on.query<ApprovalView[]>(APPROVAL_BY_ID, [platformId, id, this.clock.now()]);
    const [view] = rows;
    if (view === undefined) throw new AppError('object_not_found');
    return asOfNow(view);
  }

  /** @throws AppError approval_pending when a request with the same action and object is pending already */
  async request<Action extends ApprovedAction>(
    tx: EntityManager,
    { platformId, action, objectId, alsoWatched = [], payload = {}, summary, audit }: NewApproval<Action>,
  ): Promise<ApprovalView> {
    const now = this.clock.now();
    if (!isRepeatable(action)) await tx.query(END_LAPSED, [platformId, action, objectId, now]);
    const watchedObjects = [objectId, ...alsoWatched];
    const [{ id }] = await tx.query<[{ id: string }]>(`SELECT nextval('approval_requests_id_seq') AS id`);
    const requestedBy = adminIdOf(audit);
    const { role } = await tx.findOneByOrFail(Admin, { platformId: SYSTEM_PLATFORM_ID, id: requestedBy });
    const request = tx.create(ApprovalRequest, {
      platformId,
      id,
      action,
      objectId,
      payload,
      summary: { action, ...summary },
      watchedObjects,
      objectVersion: await versionOf(tx, platformId, watchedObjects),
      reason: audit.reason ?? '',
      status: 'pending',
      requestedBy,
      requestedByName: audit.actor.name,
      requestedRole: role,
      requestedWith: audit.credentialId ?? null,
      requestedAt: now,
      expiresAt: new Date(now.getTime() + this.env.approvalLifetimeMs),
    });
    await tx.insert(ApprovalRequest, request);
    const approval = toTenantId('apr', platformId, id);
    const after = { approval, ...summary };
    await this.trail.append(tx, { platformId, action: `${action}.requested`, objectId, audit, after });
    return this.get({ platformId, id }, tx);
  }

  /**
   * Approves the request and executes the effect in the same transaction. When the effect is refused, the transaction
   * rolls back, its error is thrown, and the request stays pending.
   * @throws AppError object_not_found, transition_not_allowed when decided or lapsed, second_person_required,
   *   approval_stale when the object changed since the request
   */
  async approve(
    name: TenantObject,
    { audit, claim }: IdempotentCommand<ApprovalView>,
  ): Promise<ApprovalView> {
    return this.transaction.run(claim, async (tx) => {
      const request = await this.lock(tx, name);
      await assertDecider(tx, request, audit, this.clock.now());
      const handler = this.handlers.get(request.action);
      if (handler === undefined) throw new Error(`no handler is registered for ${request.action}`);
      await handler.lock(tx, request);
      const view = await this.get(name, tx);
      assertPending(view);
      await this.end(tx, { ...request, summary: view.summary }, 'approved', audit);
      const secret = await handler.execute(tx, request, audit);
      if (secret !== null) await this.secrets.keep(tx, name, secret);
      return this.get(name, tx);
    });
  }

  /** @throws AppError as `approve`, except approval_stale: a stale request may be refused */
  async refuse(name: TenantObject, { audit, claim }: IdempotentCommand<ApprovalView>): Promise<ApprovalView> {
    return this.transaction.run(claim, async (tx) => {
      const request = await this.lock(tx, name);
      await assertDecider(tx, request, audit, this.clock.now());
      await this.end(tx, request, 'refused', audit);
      return this.get(name, tx);
    });
  }

  /** Only the requester may withdraw. @throws AppError object_not_found, transition_not_allowed, requester_required */
  async withdraw(
    name: TenantObject,
    { audit, claim }: IdempotentCommand<ApprovalView>,
  ): Promise<ApprovalView> {
    return this.transaction.run(claim, async (tx) => {
      const request = await this.lock(tx, name);
      if (adminIdOf(audit) !== request.requestedBy) throw new AppError('requester_required');
      await this.end(tx, request, 'withdrawn', audit);
      return this.get(name, tx);
    });
  }

  private async lock(tx: EntityManager, { platformId, id }: TenantObject): Promise<ApprovalRequest> {
    const where = { platformId, id };
    const request = await tx.findOne(ApprovalRequest, { where, lock: { mode: 'pessimistic_write' } });
    if (request === null) throw new AppError('object_not_found');
    if (request.status !== 'pending') throw notAllowedIn(request.status);
    return request;
  }

  private async end(
    tx: EntityManager,
    { platformId, id, action, objectId, requestedByName, summary }: ApprovalRequest,
    status: Decision,
    audit: AuditContext,
  ): Promise<void> {
    const decidedAt = this.clock.now();
    const isDecision = status !== 'withdrawn';
    const decision = {
      status,
      decidedAt,
      decidedBy: isDecision ? adminIdOf(audit) : null,
      decidedByName: isDecision ? audit.actor.name : null,
      decisionReason: audit.reason,
      summary,
    };
    await tx.update(ApprovalRequest, { platformId, id }, decision);
    const approval = toTenantId('apr', platformId, id);
    const after = { ...summary, approval, requestedBy: requestedByName };
    await this.trail.append(tx, { platformId, action: `${action}.${status}`, objectId, audit, after });
  }
}

/**
 * The deciding admin must not be the requester, and must be an active approver with a valid credential now: the cached
 * authentication may be a second old. Its rows are locked FOR SHARE, so that it cannot be disabled meanwhile.
 * @throws AppError second_person_required, credentials_invalid
 */
async function assertDecider(
  tx: EntityManager,
  { requestedBy }: ApprovalRequest,
  audit: AuditContext,
  now: Date,
): Promise<void> {
  const admin = adminIdOf(audit);
  if (admin === requestedBy) throw new AppError('second_person_required');
  const found = await tx.query<unknown[]>(
    `SELECT 1 FROM admins a JOIN credentials c ON c.platform_id = a.platform_id AND c.admin_id = a.id
      WHERE a.platform_id = 0 AND a.id = $1 AND c.id = $2 AND a.status = 'active' AND a.role = 'approver'
        AND c.revoked_at IS NULL AND (c.expires_at IS NULL OR c.expires_at > $3::timestamptz)
      FOR SHARE`,
    [admin, audit.credentialId ?? null, now],
  );
  if (found.length === 0) throw new AppError('credentials_invalid');
}

function isRepeatable(action: ApprovedAction): boolean {
  const effect: DangerousEffect = DANGEROUS_EFFECTS[action];
  return effect.isRepeatable === true;
}

/** The id of the newest audit entry about the objects. Each change of an object writes one, under the object's lock. */
async function versionOf(
  tx: EntityManager,
  platformId: string,
  objectIds: readonly string[],
): Promise<string> {
  const [row] = await tx.query<[{ version: string }]>(
    `SELECT COALESCE(max(newest.id), 0)::text AS version FROM unnest($2::text[]) AS watched(id)
      CROSS JOIN LATERAL (SELECT max(id) AS id FROM audit_entries
        WHERE platform_id = $1 AND object_id = watched.id) newest`,
    [platformId, objectIds],
  );
  return row.version;
}

/** A pending request is shown with current balances; an ended request is shown as of its end. */
function asOfNow(view: ApprovalView): ApprovalView {
  const { status, summary, balances } = view;
  if (status !== 'pending' || summary === null) return view;
  return { ...view, summary: atBalances(summary, balances ?? []) };
}

/** @throws AppError approval_stale, or transition_not_allowed when the request lapsed for another reason */
function assertPending({ status, changes }: ApprovalView): void {
  if (status === 'stale') throw new AppError('approval_stale', { changes: changes ?? [] });
  if (status !== 'pending') throw notAllowedIn(status);
}

function notAllowedIn(state: string): AppError {
  return new AppError('transition_not_allowed', { state, allowedActs: [] });
}

/** The id of the acting admin. @throws Error when the actor is not an admin: only admins request and decide */
export function adminIdOf({ actor }: AuditContext): string {
  return tenantObjectOf('adm', actor.id).id;
}
