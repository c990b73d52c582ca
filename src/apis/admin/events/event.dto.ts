import type { EventView } from '../../../events/event-queries.service.js';
import { EVENT_TYPES } from '../../../events/event-types.js';
import { toSystemId, toTenantId } from '../../../shared/object-id.js';
import {
  ResponseProperty,
  ResponseKind,
  ResponseTime,
  NullableResponseTime,
  toTime,
  toTimeOrNull,
} from '../properties.js';

/** A published event, as webhooks deliver it. */
export class EventResponse {
  @ResponseKind('event')
  object!: 'event';

  @ResponseProperty('Its id; webhooks send it as Webhook-Id.', 'evt_1_42')
  id!: string;

  @ResponseProperty('Where it happened.', 'plt_1')
  platform!: string;

  @ResponseProperty('What happened.', 'transfer.posted', { enum: [...EVENT_TYPES] })
  type!: string;

  @ResponseProperty('The account or customer it happened to.', 'acc_1_1')
  objectId!: string;

  @ResponseProperty(
    'All there is to tell, as it was then.',
    { account: { id: 'acc_1_1' } },
    {
      type: 'object',
      additionalProperties: true,
    },
  )
  data!: object;

  @ResponseTime('When it happened.')
  occurredAt!: string;

  @NullableResponseTime('When it was dispatched to webhooks and e-mails; null for about a second.')
  dispatchedAt!: string | null;
}

export function presentEvent({ platformId, id, type, objectId, data, ...times }: EventView): EventResponse {
  return {
    object: 'event',
    id: toTenantId('evt', platformId, id),
    platform: toSystemId('plt', platformId),
    type,
    objectId,
    data,
    occurredAt: toTime(times.occurredAt),
    dispatchedAt: toTimeOrNull(times.dispatchedAt),
  };
}
