import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { columns } from '../database/columns.js';
import { ApprovalsService, type ApprovalView } from '../approvals/approvals.service.js';
import type { AuditContext } from '../audit/audit-context.js';
import { AuditTrail } from '../audit/audit-trail.service.js';
import { type BegunSession, SessionsService } from '../auth/sessions.service.js';
import { ChangeFeed } from '../database/change-feed.service.js';
import { listPage } from '../database/listing.js';
import { Customer } from '../entities/customer.entity.js';
import { Platform } from '../entities/platform.entity.js';
import { Workspace } from '../entities/workspace.entity.js';
import {
  type IdempotentCommand,
  IdempotentTransaction,
} from '../idempotency/idempotent-transaction.service.js';
import { AppError } from '../shared/app-error.js';
import { Clock } from '../shared/clock.js';
import { byCustomer, byPlatform, type ListQuery, type ListSpec, type Page } from '../shared/listing.js';
import { type TenantObject, tenantObjectOf, toSystemId, toTenantId } from '../shared/object-id.js';

export interface WorkspaceView {
  platformId: string;
  id: string;
  customerId: string;
  holderName: string;
  createdAt: Date;
}

export const WORKSPACE_LIST: ListSpec = {
  select: `${columns(Workspace, 'w', ['platformId', 'id', 'customerId', 'createdAt'])}, c.display_name AS "holderName"`,
  from: 'workspaces w JOIN customers c ON c.platform_id = w.platform_id AND c.id = w.customer_id',
  key: 'w.id',
  filters: {
    platform: byPlatform('w.platform_id'),
    customer: byCustomer('w'),
  },
  sorts: { createdAt: { sql: 'w.created_at', type: 'timestamptz' } },
  defaultSort: '-createdAt',
};

/** Workspaces: the handles by which the workspace API addresses customers. */
@Injectable()
export class WorkspacesService implements OnModuleInit {
  constructor(
    private readonly dataSource: DataSource,
    private readonly transaction: IdempotentTransaction,
    private readonly approvals: ApprovalsService,
    private readonly sessions: SessionsService,
    private readonly feed: ChangeFeed,
    private readonly trail: AuditTrail,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.approvals.register('session.begin', {
      lock: (tx, request) => lock(tx, tenantObjectOf('wsp', request.objectId)),
      execute: (tx, request, audit) => this.begin(tx, tenantObjectOf('wsp', request.objectId), audit),
    });
  }

  list(query: ListQuery): Promise<Page<WorkspaceView>> {
    return listPage<WorkspaceView>(this.dataSource, WORKSPACE_LIST, query);
  }

  /** @throws AppError object_not_found */
  async get(
    { platformId, id }: TenantObject,
    on: EntityManager = this.dataSource.manager,
  ): Promise<WorkspaceView> {
    const rows = await on.query<WorkspaceView[]>(
      `SELECT ${WORKSPACE_LIST.select} FROM ${WORKSPACE_LIST.from} WHERE w.platform_id = $1 AND w.id = $2`,
      [platformId, id],
    );
    const workspace = rows[0];
    if (workspace === undefined) throw new AppError('object_not_found');
    return workspace;
  }

  /** @throws AppError object_not_found when the customer does not exist */
  async create(
    holder: TenantObject,
    { audit, claim }: IdempotentCommand<WorkspaceView>,
  ): Promise<WorkspaceView> {
    const { platformId, id: customerId } = holder;
    return this.transaction.run(claim, async (tx) => {
      const customer = await tx.findOneBy(Customer, { platformId, id: customerId });
      if (customer === null) throw new AppError('object_not_found');
      const [{ id }] = await tx.query<[{ id: string }]>(`SELECT nextval('workspaces_id_seq') AS id`);
      const createdAt = this.clock.now();
      await tx.insert(Workspace, { platformId, id, customerId, createdAt });
      await this.trail.append(tx, {
        platformId,
        action: 'workspace.created',
        objectId: toTenantId('wsp', platformId, id),
        audit,
        after: { customer: toTenantId('cus', platformId, customerId) },
      });
      await this.feed.announce(tx, 'sessions');
      return { platformId, id, customerId, holderName: customer.displayName, createdAt };
    });
  }

  /** Requests a session restricted to the workspace. @throws AppError object_not_found, approval_pending */
  async requestSession(
    name: TenantObject,
    { audit, claim }: IdempotentCommand<ApprovalView>,
  ): Promise<ApprovalView> {
    const { platformId, id } = name;
    return this.transaction.run(claim, async (tx) => {
      await lock(tx, name);
      const { customerId, holderName } = await this.get(name, tx);
      const platform = await tx.findOneByOrFail(Platform, { id: platformId });
      const holder = toTenantId('cus', platformId, customerId);
      const workspace = toTenantId('wsp', platformId, id);
      return this.approvals.request(tx, {
        platformId,
        action: 'session.begin',
        objectId: workspace,
        alsoWatched: [holder, toTenantId('kyc', platformId, customerId)],
        summary: {
          workspace,
          holder: { id: holder, name: holderName },
          platform: { id: toSystemId('plt', platformId), name: platform.name },
        },
        audit,
      });
    });
  }

  private async begin(
    tx: EntityManager,
    workspace: TenantObject,
    audit: AuditContext,
  ): Promise<BegunSession> {
    const { platformId, id } = workspace;
    const session = await this.sessions.begin(tx, platformId, id);
    await this.trail.append(tx, {
      platformId,
      action: 'session.begun',
      objectId: toTenantId('wsp', platformId, id),
      audit,
      after: { refreshTokenExpiresAt: session.refreshToken.expiresAt },
    });
    return session;
  }
}

/** Locks the holder's row; the workspace itself is immutable. */
async function lock(tx: EntityManager, { platformId, id }: TenantObject): Promise<void> {
  const workspace = await tx.findOneBy(Workspace, { platformId, id });
  if (workspace === null) throw new AppError('object_not_found');
  const where = { platformId, id: workspace.customerId };
  await tx.findOne(Customer, { where, lock: { mode: 'pessimistic_write' } });
}
