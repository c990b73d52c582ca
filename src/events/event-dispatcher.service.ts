import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { UnitOfWork } from '../database/unit-of-work.js';
import { Clock } from '../shared/clock.js';
import { Recurring } from '../shared/recurring.js';
import type { StoredEvent } from './event-types.js';

const INTERVAL_MS = 500;
const BATCH = 500;
const PLATFORMS_A_ROUND = 100;
/** First key of the advisory lock ('evnt' in ASCII, used for nothing else); the second key is the platform. */
const LOCK = 0x65766e74;

/** Queues the deliveries of a batch of events of one platform, in the order of the event ids. */
export type EventConsumer = (tx: EntityManager, events: readonly StoredEvent[]) => Promise<void>;

/**
 * Takes the advisory lock for queueing deliveries of a platform, until the transaction ends.
 * @param wait `false`: resolves to `false` when the lock is taken
 */
export async function lockDispatch(tx: EntityManager, platformId: string, wait: boolean): Promise<boolean> {
  const [lock] = await tx.query<[{ taken: boolean | '' }]>(
    `SELECT pg_${wait ? '' : 'try_'}advisory_xact_lock($1::int, ($2::bigint % 2147483647)::int) AS taken`,
    [LOCK, platformId],
  );
  return lock.taken !== false;
}

/**
 * Passes events to the consumers. A batch is marked as dispatched in the same transaction in which the consumers queue
 * its deliveries, so each event is queued exactly once, even after a crash. One process at a time dispatches a
 * platform, so its events stay in order.
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

  /** Registers a consumer. Each delivering module calls it in `onModuleInit`. */
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

  /** Dispatches all waiting events, of at most `PLATFORMS_A_ROUND` platforms. */
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

/** A separate statement: its snapshot is taken after the lock, so it sees what the previous holder dispatched. */
async function waiting(tx: EntityManager, platformId: string): Promise<StoredEvent[]> {
  return tx.query<StoredEvent[]>(
    `SELECT platform_id AS "platformId", id, type, object_id AS "objectId", data, occurred_at AS "occurredAt"
     FROM events WHERE platform_id = $1 AND dispatched_at IS NULL ORDER BY id LIMIT $2`,
    [platformId, BATCH],
  );
}
