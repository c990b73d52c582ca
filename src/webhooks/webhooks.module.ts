import { Module } from '@nestjs/common';
import { AttemptRecorder } from './attempt-recorder.service.js';
import { DeliveryClaims } from './delivery-claims.service.js';
import { DeliveryQueries } from './delivery-queries.service.js';
import { DeliveryTargets, NameResolver } from './delivery-targets.js';
import { WebhookBacklog } from './webhook-backlog.service.js';
import { WebhookCaller } from './webhook-caller.service.js';
import { WebhookDeliverer } from './webhook-deliverer.service.js';
import { WebhookEndpoints } from './webhook-endpoints.service.js';
import { WebhookFanOut } from './webhook-fan-out.service.js';
import { WebhookLimits } from './webhook-limits.js';
import { WebhookMessenger } from './webhook-messenger.service.js';
import { WebhookReplay } from './webhook-replay.service.js';
import { WebhookSecrets } from './webhook-secrets.service.js';
import { WebhookTestDelivery } from './webhook-test-delivery.service.js';

const INSIDE = [
  ...[AttemptRecorder, DeliveryClaims, DeliveryTargets, NameResolver, WebhookCaller, WebhookFanOut],
  ...[WebhookLimits, WebhookMessenger, WebhookSecrets],
];
const OFFERED = [
  ...[
    DeliveryQueries,
    WebhookBacklog,
    WebhookDeliverer,
    WebhookEndpoints,
    WebhookReplay,
    WebhookTestDelivery,
  ],
];

/** Webhooks: delivers events as signed HTTP requests to subscribed endpoints (Standard Webhooks). */
@Module({ providers: [...INSIDE, ...OFFERED], exports: OFFERED })
export class WebhooksModule {}
