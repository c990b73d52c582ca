import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { ActContext } from '../audit/act.js';
import { AuditTrail } from '../audit/audit-trail.service.js';
import { ChangeFeed } from '../database/change-feed.service.js';
import { listPage } from '../database/listing.js';
import { Session } from '../entities/session.entity.js';
import { type ActCommand, Acts } from '../idempotency/acts.service.js';
import { AppError } from '../shared/app-error.js';
import { Clock } from '../shared/clock.js';
import type { ListQuery, Page } from '../shared/listing.js';
import { parseTenantId, type TenantObject, toTenantId } from '../shared/object-id.js';
import { SESSION_BY_ID, SESSION_LIST, type SessionView } from './session-list.js';

/** Sessions as those who operate the bank, and their own holders, list and end them. */
@Injectable()
export class SessionAdministration {
  constructor(
    private readonly dataSource: DataSource,
    private readonly acts: Acts,
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
   * Ends a session with its tokens, in force on every process within a second.
   * @throws AppError object_not_found, transition_not_allowed when it has ended
   */
  async end(name: TenantObject, { act, claim }: ActCommand<SessionView>): Promise<SessionView> {
    return this.acts.run(claim, async (tx) => {
      await this.endWithin(tx, name, act);
      return this.get(name, tx);
    });
  }

  /** Log-out by the holder: the session of the access token. @throws AppError credentials_invalid when it has ended */
  async logOut(act: ActContext): Promise<void> {
    const session = parseTenantId('ses', act.actor.id);
    if (session === null) throw new AppError('credentials_invalid');
    await this.acts.run(null, (tx) => this.endWithin(tx, session, act));
  }

  private async endWithin(
    tx: EntityManager,
    { platformId, id }: TenantObject,
    act: ActContext,
  ): Promise<void> {
    const where = { platformId, id };
    const session = await tx.findOne(Session, { where, lock: { mode: 'pessimistic_write' } });
    if (session === null) throw new AppError('object_not_found');
    if (session.revokedAt !== null)
      throw new AppError('transition_not_allowed', { state: 'ended', allowedActs: [] });
    await tx.update(Session, where, { revokedAt: this.clock.now() });
    await this.feed.announce(tx, 'sessions');
    const objectId = toTenantId('ses', platformId, id);
    await this.trail.append(tx, { platformId, action: 'session.ended', objectId, act });
  }
}
