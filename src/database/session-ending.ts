import type { EntityManager } from 'typeorm';
import { Session } from '../entities/session.entity.js';
import type { TenantObject } from '../shared/object-id.js';
import type { ChangeFeed } from './change-feed.service.js';

/** The sessions to end: all of a platform, or those restricted to the workspaces of one of its customers. */
export interface SessionHolder {
  platformId: string;
  customerId?: string;
}

const END_SESSIONS = `UPDATE sessions SET revoked_at = $3::timestamptz
  WHERE platform_id = $1 AND revoked_at IS NULL AND ($2::bigint IS NULL OR workspace_id IN
    (SELECT id FROM workspaces WHERE platform_id = $1 AND customer_id = $2::bigint))`;

/**
 * Ends sessions and their tokens permanently, within the transaction of a suspension: sessions begun before it stay
 * ended after it is lifted.
 */
export async function endSessions(
  tx: EntityManager,
  { platformId, customerId }: SessionHolder,
  now: Date,
): Promise<void> {
  await tx.query(END_SESSIONS, [platformId, customerId ?? null, now]);
}

/** Ends one session with its tokens; takes effect on every process within a second. */
export async function endSession(
  tx: EntityManager,
  feed: ChangeFeed,
  { platformId, id }: TenantObject,
  now: Date,
): Promise<void> {
  await tx.update(Session, { platformId, id }, { revokedAt: now });
  await feed.announce(tx, 'sessions');
}

/** Topics of the caches that contain the state of a customer or a platform. */
const STATUS_TOPICS = ['credentials', 'sessions', 'customers'] as const;

/** Announces a changed state of a customer or a platform to every process; takes effect within a second. */
export async function announceStatus(tx: EntityManager, feed: ChangeFeed): Promise<void> {
  for (const topic of STATUS_TOPICS) await feed.announce(tx, topic);
}
