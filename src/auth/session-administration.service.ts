import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { AuditContext } from '../audit/audit-context.js';
import { AuditTrail } from '../audit/audit-trail.service.js';
import { ChangeFeed } from '../database/change-feed.service.js';
import { listPage } from '../database/listing.js';
import { endSession } from '../database/session-ending.js';
import { Session } from '../entities/session.entity.js';
import {
  type IdempotentCommand,
  IdempotentTransaction,
} from '../idempotency/idempotent-transaction.service.js';
import { AppError } from '../shared/app-error.js';
import { Clock } from '../shared/clock.js';
import type { ListQuery, Page } from '../shared/listing.js';
import { parseTenantId, type TenantObject, toTenantId } from '../shared/object-id.js';
import { SESSION_BY_ID, SESSION_LIST, type SessionView } from './session-list.js';

/** Lists and ends sessions for admins, and ends them for their holders (log-out). */
@Injectable()
export class SessionAdministration {
  constructor(
    private readonly dataSource: DataSource,
    private readonly transaction: IdempotentTransaction,
    private readonly trail: AuditTrail,
    private readonly feed: ChangeFeed,
    private readonly clock: Clock,
  ) {}

  list(query: ListQuery): Promise<Page<SessionView>> {
    return listPage<SessionView>(this.dataSource, SESSION_LIST, query, this.clock.now());
  }

  /** @throws AppError object_not_found */
  async get(
    { platformId, id }: TenantObject,
    on: EntityManager = this.dataSource.manager,
  ): Promise<SessionView> {
    const [session] = await on.query<SessionView[]>(SESSION_BY_ID, [platformId, id]);
    if (session === undefined) throw new AppError('object_not_found');
    return session;
  }

  /**
   * Ends a session with its tokens; takes effect on every process within a second.
   * @throws AppError object_not_found, transition_not_allowed when it has ended
   */
  async end(name: TenantObject, { audit, claim }: IdempotentCommand<SessionView>): Promise<SessionView> {
    return this.transaction.run(claim, async (tx) => {
      if (!(await this.endWithin(tx, name, audit)))
        throw new AppError('transition_not_allowed', { state: 'ended', allowedActs: [] });
      return this.get(name, tx);
    });
  }

  /** Log-out by the holder: the session of the access token. @throws AppError credentials_invalid when it has ended */
  async logOut(audit: AuditContext): Promise<void> {
    const session = parseTenantId('ses', audit.actor.id);
    if (session === null) throw new AppError('credentials_invalid');
    await this.transaction.run(null, async (tx) => {
      if (!(await this.endWithin(tx, session, audit))) throw new AppError('credentials_invalid');
    });
  }

  /** `false`: it had ended already. */
  private async endWithin(tx: EntityManager, name: TenantObject, audit: AuditContext): Promise<boolean> {
    const { platformId, id } = name;
    const where = { platformId, id };
    const session = await tx.findOne(Session, { where, lock: { mode: 'pessimistic_write' } });
    if (session === null) throw new AppError('object_not_found');
    if (session.revokedAt !== null) return false;
    await endSession(tx, this.feed, name, this.clock.now());
    const objectId = toTenantId('ses', platformId, id);
    await this.trail.append(tx, { platformId, action: 'session.ended', objectId, audit });
    return true;
  }
}
