import { EVENT_TYPES, type EventType } from '../../../events/event-types.js';
import { placeholderSchema } from '../../../http/placeholder.js';
import { toSystemId, toTenantId } from '../../../shared/object-id.js';
import type { CallOutcome } from '../../../webhooks/webhook-caller.service.js';
import type { IssuedWebhook } from '../../../webhooks/webhook-endpoints.service.js';
import type { WebhookView } from '../../../webhooks/webhook-list.js';
import { MAX_REPLAYED, type Replayed } from '../../../webhooks/webhook-replay.service.js';
import { Text, TextList, Time } from '../../../http/request-properties.js';
import {
  Reason,
  ResponseProperty,
  ResponseKind,
  NullableResponseProperty,
  ResponseTime,
  NullableResponseTime,
  toTime,
  toTimeOrNull,
} from '../properties.js';

const URL_TEXT = {
  description:
    'Where events are sent: https, without user name or password, and a host of the public internet unless ' +
    'WEBHOOK_ALLOWED_NETWORKS has its address.',
  example: 'https://hooks.example/vostro',
  min: 8,
  max: 2_000,
};
const DESCRIPTION = { description: 'For people.', example: 'ledger of the shop', max: 200 };
const TYPES = {
  description: `The types it is told of; empty for all: ${EVENT_TYPES.join(', ')}.`,
  example: ['transfer.posted', 'account.opened'],
  max: EVENT_TYPES.length,
  what: 'event types',
  items: { enum: [...EVENT_TYPES] },
  holds: (text: string) => (EVENT_TYPES as readonly string[]).includes(text),
};

/** A webhook endpoint, without its secret. */
export class WebhookResponse {
  @ResponseKind('webhook')
  object!: 'webhook';

  @ResponseProperty('Its id.', 'whk_1_1')
  id!: string;

  @ResponseProperty('Whose events it is told of.', 'plt_1')
  platform!: string;

  @ResponseProperty('Where events are sent.', 'https://hooks.example/vostro')
  url!: string;

  @NullableResponseProperty('For people.', 'ledger of the shop')
  description!: string | null;

  @ResponseProperty('The types it is told of; empty: all.', ['transfer.posted'], { type: [String] })
  eventTypes!: string[];

  @ResponseProperty('Whether events are queued for it and sent.', 'active', { enum: ['active', 'disabled'] })
  status!: string;

  @NullableResponseProperty('Why it is disabled.', null)
  statusReason!: string | null;

  @NullableResponseTime('Since when every attempt has failed; null: the last one did not.')
  failingSince!: string | null;

  @NullableResponseTime('When it last took an event, some seconds behind.')
  lastSuccessAt!: string | null;

  @NullableResponseTime('Until when the secret before signs as well.')
  previousSecretExpiresAt!: string | null;

  @ResponseTime('When it was created.')
  createdAt!: string;

  @ResponseTime('When it was last changed.')
  updatedAt!: string;
}

/** An endpoint with its secret, which is shown this once. */
export class IssuedWebhookResponse extends WebhookResponse {
  @ResponseProperty(
    'What verifies our signatures (Standard Webhooks).',
    'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD',
  )
  secret!: string;
}

export class CreateWebhookRequest {
  @Text('required', { description: 'Whose events it is told of.', example: 'plt_1', max: 40 })
  platform!: string;

  @Text('required', URL_TEXT)
  url!: string;

  @TextList('optional', TYPES)
  eventTypes?: EventType[];

  @Text('nullable', DESCRIPTION)
  description?: string | null;

  @Reason()
  reason!: string;
}

export class AmendWebhookRequest {
  // The first is what the example changes: of the three, what does the least.
  @Text('nullable', DESCRIPTION)
  description?: string | null;

  @Text('optional', URL_TEXT)
  url?: string;

  @TextList('optional', TYPES)
  eventTypes?: EventType[];

  @Reason()
  reason!: string;
}

export class ReplayWebhookRequest {
  @Time(
    'required',
    { description: `Events of then and later; at most ${MAX_REPLAYED} of them.` },
    placeholderSchema('<the time to begin at>'),
  )
  since!: string;

  @TextList('optional', { ...TYPES, description: 'Of the types it is told of, only these; empty for all.' })
  eventTypes?: EventType[];

  @Reason()
  reason!: string;
}

export class ReplayResponse {
  @ResponseProperty('Deliveries that were queued.', 42, { type: 'integer' })
  queued!: number;
}

/** What the target said to one call. */
export class TestWebhookResponse {
  @ResponseProperty('Whether a delivery would have counted.', true)
  delivered!: boolean;

  @ResponseProperty('The status it answered; null when it did not.', 200, { type: 'integer', nullable: true })
  httpStatus!: number | null;

  @NullableResponseProperty('Why it would not have counted.', null)
  error!: string | null;

  @ResponseProperty('How long it took, in milliseconds.', 87, { type: 'integer' })
  durationMs!: number;
}

export function presentWebhook(webhook: WebhookView): WebhookResponse {
  const { platformId, id, url, description, eventTypes, status, statusReason } = webhook;
  return {
    object: 'webhook',
    id: toTenantId('whk', platformId, id),
    platform: toSystemId('plt', platformId),
    url,
    description,
    eventTypes,
    status,
    statusReason,
    failingSince: toTimeOrNull(webhook.failingSince),
    lastSuccessAt: toTimeOrNull(webhook.lastSuccessAt),
    previousSecretExpiresAt: toTimeOrNull(webhook.previousSecretExpiresAt),
    createdAt: toTime(webhook.createdAt),
    updatedAt: toTime(webhook.updatedAt),
  };
}

export function presentIssuedWebhook(webhook: IssuedWebhook): IssuedWebhookResponse {
  return { ...presentWebhook(webhook), secret: webhook.secret };
}

export function presentReplay({ queued }: Replayed): ReplayResponse {
  return { queued };
}

export function presentTestDelivery({ httpStatus, error, durationMs }: CallOutcome): TestWebhookResponse {
  return { delivered: error === null, httpStatus, error, durationMs };
}
