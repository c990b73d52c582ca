import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { AuditContext } from '../audit/audit-context.js';
import { AuditTrail } from '../audit/audit-trail.service.js';
import { Environment } from '../config/env.js';
import { SEALED } from '../database/sealed-columns.js';
import { ApprovalRequest } from '../entities/approval-request.entity.js';
import { AppError } from '../shared/app-error.js';
import { Clock } from '../shared/clock.js';
import { type TenantObject, tenantObjectOf, toTenantId } from '../shared/object-id.js';
import { SealedBox } from '../shared/sealed-box.js';
import type { ApprovedAction } from './dangerous-effects.js';

/** The secret of an approved request, in the format of the module that created it. */
export interface CollectedSecret {
  platformId: string;
  id: string;
  action: ApprovedAction;
  secret: object;
}

/** How long the requester can collect the secret of an approved request. */
export const COLLECTABLE_SECONDS = 24 * 60 * 60;

/**
 * Secrets created by approved effects. They are stored encrypted until the requester collects them, once; the approver
 * never sees them.
 */
@Injectable()
export class ApprovalSecrets {
  private readonly box: SealedBox;

  constructor(
    env: Environment,
    private readonly dataSource: DataSource,
    private readonly trail: AuditTrail,
    private readonly clock: Clock,
  ) {
    this.box = new SealedBox(env.secretPeppers, SEALED.approvalSecret.purpose);
  }

  async keep(tx: EntityManager, { platformId, id }: TenantObject, secret: object): Promise<void> {
    const sealedSecret = this.box.seal(JSON.stringify(secret), [platformId, id]);
    await tx.update(ApprovalRequest, { platformId, id }, { sealedSecret });
  }

  /**
   * Decrypts the secret and deletes it.
   * @throws AppError object_not_found, requester_required, transition_not_allowed when there is no secret to collect
   */
  async collect(tx: EntityManager, name: TenantObject, audit: AuditContext): Promise<CollectedSecret> {
    const { platformId, id } = name;
    const where = { platformId, id };
    const request = await tx.findOne(ApprovalRequest, { where, lock: { mode: 'pessimistic_write' } });
    if (request === null) throw new AppError('object_not_found');
    if (tenantObjectOf('adm', audit.actor.id).id !== request.requestedBy)
      throw new AppError('requester_required');
    const now = this.clock.now();
    const { sealedSecret, decidedAt, action, objectId } = request;
    if (sealedSecret === null || !isCollectable(decidedAt, now))
      throw new AppError('transition_not_allowed', { state: stateOf(request), allowedActs: [] });
    await tx.update(ApprovalRequest, where, { sealedSecret: null, secretCollectedAt: now });
    const after = { approval: toTenantId('apr', platformId, id) };
    await this.trail.append(tx, { platformId, action: `${action}.collected`, objectId, audit, after });
    const secret = JSON.parse(this.box.open(sealedSecret, [platformId, id])) as object;
    return { platformId, id, action: action as ApprovedAction, secret };
  }

  /** Deletes secrets that were not collected in time. @returns the number of deleted secrets */
  async purge(): Promise<number> {
    const before = new Date(this.clock.now().getTime() - COLLECTABLE_SECONDS * 1_000);
    const [, count] = await this.dataSource.query<[unknown, number]>(
      'UPDATE approval_requests SET sealed_secret = NULL WHERE sealed_secret IS NOT NULL AND decided_at <= $1',
      [before],
    );
    return count;
  }
}

function isCollectable(decidedAt: Date | null, now: Date): boolean {
  return decidedAt !== null && decidedAt.getTime() + COLLECTABLE_SECONDS * 1_000 > now.getTime();
}

/** The state that prevents the collection, for the error. */
function stateOf({ status, secretCollectedAt }: ApprovalRequest): string {
  if (status !== 'approved') return status;
  return secretCollectedAt === null ? 'expired' : 'collected';
}
