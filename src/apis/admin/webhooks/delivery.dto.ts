import { ApiProperty } from '@nestjs/swagger';
import { toTenantId } from '../../../shared/object-id.js';
import type {
  AttemptRecord,
  DeliveryRecord,
  DeliveryWithAttempts,
} from '../../../webhooks/delivery-queries.service.js';
import {
  ResponseProperty,
  ResponseKind,
  NullableResponseProperty,
  ResponseTime,
  NullableResponseTime,
  toTime,
  toTimeOrNull,
} from '../properties.js';

/** One event on its way to one endpoint. */
export class WebhookDeliveryResponse {
  @ResponseKind('webhook_delivery')
  object!: 'webhook_delivery';

  @ResponseProperty('Its id.', 'whd_1_7')
  id!: string;

  @ResponseProperty('Recipient.', 'whk_1_1')
  webhook!: string;

  @ResponseProperty('What it tells of.', 'evt_1_42')
  event!: string;

  @ResponseProperty('What happened.', 'transfer.posted')
  eventType!: string;

  @ResponseProperty(
    'The account or customer it happened to. Of one object none overtakes another.',
    'acc_1_1',
  )
  objectId!: string;

  @ResponseProperty('How far it is; exhausted: given up.', 'delivered', {
    enum: ['pending', 'delivered', 'exhausted'],
  })
  status!: string;

  @ResponseProperty('Calls made.', 1, { type: 'integer' })
  attempts!: number;

  @NullableResponseTime(
    'When it may be tried next, once those before it are done; null when it is done itself.',
  )
  nextAttemptAt!: string | null;

  @ResponseTime('When it was queued.')
  createdAt!: string;

  @NullableResponseTime('When it was delivered or given up.')
  completedAt!: string | null;
}

/** One call. */
export class WebhookAttemptResponse {
  @ResponseTime('When it was made.')
  attemptedAt!: string;

  @ResponseProperty('How long it took, in milliseconds.', 87, { type: 'integer' })
  durationMs!: number;

  @ResponseProperty('The status of the answer; null when there was none.', 200, {
    type: 'integer',
    nullable: true,
  })
  httpStatus!: number | null;

  @NullableResponseProperty('Why it did not count; null when it did.', null)
  error!: string | null;
}

export class WebhookDeliveryWithAttemptsResponse extends WebhookDeliveryResponse {
  @ApiProperty({ description: 'Every call, the first one first.', type: [WebhookAttemptResponse] })
  attemptLog!: WebhookAttemptResponse[];
}

export function presentDelivery(delivery: DeliveryRecord): WebhookDeliveryResponse {
  const { platformId, id, endpointId, eventId, eventType, objectId, status, attempts } = delivery;
  return {
    object: 'webhook_delivery',
    id: toTenantId('whd', platformId, id),
    webhook: toTenantId('whk', platformId, endpointId),
    event: toTenantId('evt', platformId, eventId),
    eventType,
    objectId,
    status,
    attempts,
    nextAttemptAt: status === 'pending' ? toTime(delivery.nextAttemptAt) : null,
    createdAt: toTime(delivery.createdAt),
    completedAt: toTimeOrNull(delivery.completedAt),
  };
}

export function presentDeliveryWithAttempts(
  delivery: DeliveryWithAttempts,
): WebhookDeliveryWithAttemptsResponse {
  return { ...presentDelivery(delivery), attemptLog: delivery.attemptLog.map(presentAttempt) };
}

function presentAttempt({
  attemptedAt,
  durationMs,
  httpStatus,
  error,
}: AttemptRecord): WebhookAttemptResponse {
  return { attemptedAt: toTime(attemptedAt), durationMs, httpStatus, error };
}
