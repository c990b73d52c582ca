import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { AuditTrail } from '../audit/audit-trail.service.js';
import { WebhookEndpoint } from '../entities/webhook-endpoint.entity.js';
import { lockDispatch } from '../events/event-dispatcher.service.js';
import type { EventType } from '../events/event-types.js';
import {
  type IdempotentCommand,
  IdempotentTransaction,
} from '../idempotency/idempotent-transaction.service.js';
import { AppError } from '../shared/app-error.js';
import { Clock } from '../shared/clock.js';
import { type TenantObject, toTenantId } from '../shared/object-id.js';
import { refusalIn } from '../shared/state-machine.js';
import { REPLAY_SQL } from './delivery-queue.sql.js';
import { WEBHOOK_MACHINE } from './webhook-list.js';

/** Maximum number of events of one replay. */
export const MAX_REPLAYED = 10_000;

export interface ReplayWanted {
  since: Date;
  /** A subset of the types that the endpoint subscribes to; empty: all of them. */
  eventTypes: EventType[];
}

export interface Replayed {
  /** Number of queued deliveries. */
  queued: number;
}

/** Queues deliveries of past events again. */
@Injectable()
export class WebhookReplay {
  constructor(
    private readonly transaction: IdempotentTransaction,
    private readonly trail: AuditTrail,
    private readonly clock: Clock,
  ) {}

  /**
   * Queues new deliveries after the pending ones, in the order of the events.
   * @throws AppError object_not_found, transition_not_allowed when the endpoint is disabled, validation_failed when
   *   there are more than `MAX_REPLAYED` events; nothing is queued then
   */
  async replay(
    name: TenantObject,
    wanted: ReplayWanted,
    { audit, claim }: IdempotentCommand<Replayed>,
  ): Promise<Replayed> {
    const { platformId, id } = name;
    return this.transaction.run<Replayed>(claim, async (tx) => {
      // Lock order: the platform’s dispatch lock, then the endpoint’s row, as in the dispatcher.
      await lockDispatch(tx, platformId, true);
      await assertActive(tx, name);
      const [{ queued }] = await tx.query<[Replayed]>(REPLAY_SQL, [
        ...[this.clock.now(), platformId, id, wanted.since, wanted.eventTypes, MAX_REPLAYED + 1],
      ]);
      if (queued > MAX_REPLAYED) throw tooMany(wanted.since);
      const objectId = toTenantId('whk', platformId, id);
      const after = { ...wanted, queued };
      await this.trail.append(tx, { platformId, action: 'webhook.replayed', objectId, audit, after });
      return { queued };
    });
  }
}

async function assertActive(tx: EntityManager, { platformId, id }: TenantObject): Promise<void> {
  const endpoint = await tx.findOne(WebhookEndpoint, {
    where: { platformId, id },
    lock: { mode: 'pessimistic_write' },
  });
  if (endpoint === null) throw new AppError('object_not_found');
  const { status: state } = endpoint;
  if (state !== 'active') throw new AppError('transition_not_allowed', refusalIn(WEBHOOK_MACHINE, state));
}

function tooMany(since: Date): AppError {
  const message = `covers more than ${MAX_REPLAYED} events: choose a later time, or fewer types`;
  const field = { path: 'since', constraint: 'range' as const, message };
  return new AppError('validation_failed', { fields: [{ ...field, invalidValue: since.toISOString() }] });
}
