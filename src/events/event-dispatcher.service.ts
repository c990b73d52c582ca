import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { UnitOfWork } from '../database/unit-of-work.js';
import { Clock } from '../shared/clock.js';
import { Recurring } from '../shared/recurring.js';
import type { StoredEvent } from './event-types.js';

const INTERVAL_MS = 500;
const BATCH = 500;
const PLATFORMS_A_ROUND = 100;
/** An arbitrary advisory-lock key, used with the platform's id: 'evnt' in ASCII. */
const LOCK = 0x65766e74;

/** Queues deliveries or e-mails for some events of one platform, in the order of their ids. */
export type EventConsumer = (tx: EntityManager, events: readonly StoredEvent[]) => Promise<void>;

/** Excludes other sessions that queue deliveries of a platform. Resolves to whether the lock was free. */
export async function lockDispatch(tx: EntityManager, platformId: string, wait: boolean): Promise<boolean> {
  const [lock] = await tx.query<[{ taken: boolean | '' }]>(
    `SELECT pg_${wait ? '' : 'try_'}advisory_xact_lock($1::int, ($2::bigint % 2147483647)::int) AS taken`,
    [LOCK, platformId],
  );
  return lock.taken !== false;
}

/**
 * Passes events to their consumers, each batch in one transaction with what the consumers queue, so an event is queued
 * exactly once. One process at a time works on a platform, so its events stay in order.
 */
@Injectable()
export class EventDispatcher implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(EventDispatcher.name);
  private readonly consumers: EventConsumer[] = [];
  private readonly rounds = new Recurring(
    () => this.dispatchAll(),
    INTERVAL_MS,
    ({ message }) => {
      this.logger.warn(`dispatching events failed: ${message}`);
    },
  );
  private stopped = false;

  constructor(
    private readonly dataSource: DataSource,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /** Modules register their consumers when they start. */
  onEvents(consumer: EventConsumer): void {
    this.consumers.push(consumer);
  }

  onApplicationBootstrap(): void {
    this.rounds.start();
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopped = true;
    await this.rounds.stop();
  }

  /** Dispatches all waiting events of every platform. */
  async dispatchAll(): Promise<void> {
    const rows = await this.dataSource.query<{ platformId: string }[]>(
      'SELECT DISTINCT platform_id AS "platformId" FROM events WHERE dispatched_at IS NULL LIMIT $1',
      [PLATFORMS_A_ROUND],
    );
    for (const { platformId } of rows) while (await this.dispatchSome(platformId)) if (this.stopped) return;
  }

  /** Dispatches a batch of one platform. Resolves to whether there may be more. */
  private async dispatchSome(platformId: string): Promise<boolean> {
    return this.unitOfWork.run(async (tx) => {
      if (!(await lockDispatch(tx, platformId, false))) return false;
      const events = await waiting(tx, platformId);
      if (events.length === 0) return false;
      for (const consume of this.consumers) await consume(tx, events);
      await tx.query(
        'UPDATE events SET dispatched_at = $1 WHERE platform_id = $2 AND id = ANY($3::bigint[])',
        [this.clock.now(), platformId, events.map(({ id }) => id)],
      );
      return events.length === BATCH;
    });
  }
}

/** A statement of its own: its snapshot is taken after the lock, so it sees what the last holder dispatched. */
async function waiting(tx: EntityManager, platformId: string): Promise<StoredEvent[]> {
  return tx.query<StoredEvent[]>(
    `SELECT platform_id AS "platformId", id, type, object_id AS "objectId", data, occurred_at AS "occurredAt"
     FROM events WHERE platform_id = $1 AND dispatched_at IS NULL ORDER BY id LIMIT $2`,
    [platformId, BATCH],
  );
}
