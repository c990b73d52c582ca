import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AuditTrail } from '../audit/audit-trail.service.js';
import { SessionsService, type SessionTokens } from '../auth/sessions.service.js';
import { ChangeFeed } from '../database/change-feed.service.js';
import { listPage } from '../database/listing.js';
import { Customer } from '../entities/customer.entity.js';
import { Workspace } from '../entities/workspace.entity.js';
import { type ActCommand, Acts } from '../idempotency/acts.service.js';
import { AppError } from '../shared/app-error.js';
import { Clock } from '../shared/clock.js';
import { byCustomer, byPlatform, type ListQuery, type ListSpec, type Page } from '../shared/listing.js';
import { type TenantObject, toTenantId } from '../shared/object-id.js';

export interface WorkspaceView {
  platformId: string;
  id: string;
  customerId: string;
  holderName: string;
  createdAt: Date;
}

export const WORKSPACE_LIST: ListSpec = {
  select: `w.platform_id AS "platformId", w.id, w.customer_id AS "customerId", c.display_name AS "holderName",
    w.created_at AS "createdAt"`,
  from: 'workspaces w JOIN customers c ON c.platform_id = w.platform_id AND c.id = w.customer_id',
  key: 'w.id',
  filters: {
    platform: byPlatform('w.platform_id'),
    customer: byCustomer('w'),
  },
  sorts: { createdAt: { sql: 'w.created_at', type: 'timestamptz' } },
  defaultSort: '-createdAt',
};

/** The handles by which the workspace API names customers. */
@Injectable()
export class WorkspacesService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly acts: Acts,
    private readonly sessions: SessionsService,
    private readonly feed: ChangeFeed,
    private readonly trail: AuditTrail,
    private readonly clock: Clock,
  ) {}

  list(query: ListQuery): Promise<Page<WorkspaceView>> {
    return listPage<WorkspaceView>(this.dataSource, WORKSPACE_LIST, query);
  }

  /** @throws AppError object_not_found */
  async get({ platformId, id }: TenantObject): Promise<WorkspaceView> {
    const rows = await this.dataSource.query<WorkspaceView[]>(
      `SELECT ${WORKSPACE_LIST.select} FROM ${WORKSPACE_LIST.from} WHERE w.platform_id = $1 AND w.id = $2`,
      [platformId, id],
    );
    const workspace = rows[0];
    if (workspace === undefined) throw new AppError('object_not_found');
    return workspace;
  }

  /** @throws AppError object_not_found when there is no such customer */
  async create(holder: TenantObject, { act, claim }: ActCommand<WorkspaceView>): Promise<WorkspaceView> {
    const { platformId, id: customerId } = holder;
    return this.acts.run(claim, async (tx) => {
      const customer = await tx.findOneBy(Customer, { platformId, id: customerId });
      if (customer === null) throw new AppError('object_not_found');
      const [{ id }] = await tx.query<[{ id: string }]>(`SELECT nextval('workspaces_id_seq') AS id`);
      const createdAt = this.clock.now();
      await tx.insert(Workspace, { platformId, id, customerId, createdAt });
      await this.trail.append(tx, {
        ...{ platformId, action: 'workspace.created', objectId: toTenantId('wsp', platformId, id), act },
        after: { customer: toTenantId('cus', platformId, customerId) },
      });
      await this.feed.announce(tx, 'sessions');
      return { platformId, id, customerId, holderName: customer.displayName, createdAt };
    });
  }

  /** The first tokens of a session held to the workspace. @throws AppError object_not_found */
  async beginSession(
    { platformId, id }: TenantObject,
    { act, claim }: ActCommand<SessionTokens>,
  ): Promise<SessionTokens> {
    return this.acts.run(claim, async (tx) => {
      if (!(await tx.existsBy(Workspace, { platformId, id }))) throw new AppError('object_not_found');
      const tokens = await this.sessions.begin(tx, platformId, id);
      await this.trail.append(tx, {
        ...{ platformId, action: 'session.begun', objectId: toTenantId('wsp', platformId, id), act },
        after: { refreshTokenExpiresAt: tokens.refreshToken.expiresAt },
      });
      return tokens;
    });
  }
}
