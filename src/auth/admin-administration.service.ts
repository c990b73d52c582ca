import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { ApprovalsService, type ApprovalView } from '../approvals/approvals.service.js';
import type { AuditContext } from '../audit/audit-context.js';
import { AuditTrail, changeOf } from '../audit/audit-trail.service.js';
import { ChangeFeed } from '../database/change-feed.service.js';
import { listPage } from '../database/listing.js';
import { Admin, type AdminRole, type AdminStatus } from '../entities/admin.entity.js';
import type { ApprovalRequest } from '../entities/approval-request.entity.js';
import { Credential } from '../entities/credential.entity.js';
import { SYSTEM_PLATFORM_ID } from '../entities/platform.entity.js';
import {
  type IdempotentCommand,
  IdempotentTransaction,
} from '../idempotency/idempotent-transaction.service.js';
import { AppError } from '../shared/app-error.js';
import { Clock } from '../shared/clock.js';
import type { ListQuery, Page } from '../shared/listing.js';
import { tenantObjectOf, toTenantId } from '../shared/object-id.js';
import { ADMIN_BY_ID, ADMIN_LIST } from './admin-list.js';
import { type Caller, SCOPES_OF_ROLE } from './caller.js';

export interface AdminView {
  id: string;
  name: string;
  role: AdminRole;
  status: AdminStatus;
  createdAt: Date;
  updatedAt: Date;
  /** Credentials that are neither revoked nor expired. */
  liveKeys: number;
  lastUsedAt: Date | null;
}

export interface AdminChange {
  role?: AdminRole;
  status?: AdminStatus;
}

/** Lists, disables and enables admins, and changes their roles. */
@Injectable()
export class AdminAdministration implements OnModuleInit {
  constructor(
    private readonly dataSource: DataSource,
    private readonly transaction: IdempotentTransaction,
    private readonly approvals: ApprovalsService,
    private readonly trail: AuditTrail,
    private readonly feed: ChangeFeed,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.approvals.register('admin.amend', {
      lock: (tx, request) => lock(tx, adminOf(request)),
      execute: async (tx, request, audit) => {
        await this.change(tx, adminOf(request), request.payload, audit);
        return null;
      },
    });
  }

  list(query: ListQuery): Promise<Page<AdminView>> {
    return listPage<AdminView>(this.dataSource, ADMIN_LIST, query, this.clock.now());
  }

  /** @throws AppError object_not_found */
  async get(id: string, on: EntityManager = this.dataSource.manager): Promise<AdminView> {
    const [admin] = await on.query<AdminView[]>(ADMIN_BY_ID, [id, this.clock.now()]);
    if (admin === undefined) throw new AppError('object_not_found');
    return admin;
  }

  /**
   * Requests a change. The caller must be an approver with a token of full scope.
   * @throws AppError object_not_found, authority_exceeded, approval_pending
   */
  async requestChange(
    id: string,
    change: AdminChange,
    { caller, audit, claim }: IdempotentCommand<ApprovalView> & { caller: Caller },
  ): Promise<ApprovalView> {
    if (caller.isNarrowed) throw new AppError('authority_exceeded');
    return this.transaction.run(claim, async (tx) => {
      const { name, role, status } = await lock(tx, id);
      const objectId = toTenantId('adm', SYSTEM_PLATFORM_ID, id);
      const before = { role, status };
      const summary = { admin: { id: objectId, name }, before, after: { ...before, ...change } };
      const platformId = SYSTEM_PLATFORM_ID;
      return this.approvals.request(tx, {
        platformId,
        action: 'admin.amend',
        objectId,
        payload: change,
        summary,
        audit,
      });
    });
  }

  /** Without an approval, for the command line. @throws AppError object_not_found */
  async changeNow(id: string, change: AdminChange, audit: AuditContext): Promise<AdminView> {
    return this.transaction.run(null, async (tx) => {
      await this.change(tx, id, change, audit);
      return this.get(id, tx);
    });
  }

  /** The scopes of an admin's keys follow from its role, so a change of the role changes the keys. */
  private async change(
    tx: EntityManager,
    id: string,
    change: AdminChange,
    audit: AuditContext,
  ): Promise<void> {
    const platformId = SYSTEM_PLATFORM_ID;
    const admin = await lock(tx, id);
    const states = changeOf<Admin>(admin, change);
    await tx.update(Admin, { platformId, id }, { ...change, updatedAt: this.clock.now() });
    if (change.role !== undefined && change.role !== admin.role)
      await tx.update(Credential, { platformId, adminId: id }, { scopes: [...SCOPES_OF_ROLE[change.role]] });
    await this.feed.announce(tx, 'credentials');
    const objectId = toTenantId('adm', platformId, id);
    await this.trail.append(tx, { platformId, action: 'admin.amended', objectId, audit, ...states });
  }
}

async function lock(tx: EntityManager, id: string): Promise<Admin> {
  const where = { platformId: SYSTEM_PLATFORM_ID, id };
  const admin = await tx.findOne(Admin, { where, lock: { mode: 'pessimistic_write' } });
  if (admin === null) throw new AppError('object_not_found');
  return admin;
}

function adminOf({ objectId }: ApprovalRequest): string {
  return tenantObjectOf('adm', objectId).id;
}
