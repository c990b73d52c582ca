import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { EventDispatcher } from '../events/event-dispatcher.service.js';
import type { StoredEvent } from '../events/event-types.js';
import { Clock } from '../shared/clock.js';
import { ENQUEUE_SQL } from './delivery-queue.sql.js';

/**
 * Queues a delivery of each event to every subscribed endpoint, in the transaction in which the event is dispatched.
 */
@Injectable()
export class WebhookFanOut implements OnModuleInit {
  constructor(
    private readonly dispatcher: EventDispatcher,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.dispatcher.onEvents((tx, events) => this.enqueue(tx, events));
  }

  /** The dispatcher holds the platform’s lock, so the order of the delivery ids is the order of the events. */
  private async enqueue(tx: EntityManager, events: readonly StoredEvent[]): Promise<void> {
    const [first] = events;
    if (first === undefined) return;
    await tx.query(ENQUEUE_SQL, [this.clock.now(), first.platformId, events.map(({ id }) => id)]);
  }
}
