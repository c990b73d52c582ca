import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AuditTrail } from '../audit/audit-trail.service.js';
import { WebhookEndpoint } from '../entities/webhook-endpoint.entity.js';
import {
  type IdempotentCommand,
  IdempotentTransaction,
} from '../idempotency/idempotent-transaction.service.js';
import { RateLimiter } from '../rate-limits/rate-limiter.service.js';
import { AppError } from '../shared/app-error.js';
import { Clock } from '../shared/clock.js';
import { randomToken } from '../shared/ids.js';
import { type TenantObject, toTenantId } from '../shared/object-id.js';
import type { CallOutcome } from './webhook-caller.service.js';
import { toBody, WebhookMessenger } from './webhook-messenger.service.js';

export const TEST_EVENT_TYPE = 'webhook.test';
const TOKEN_BYTES = 16;

/** Sends one test event immediately, to check that the endpoint is reachable and accepts the signature. */
@Injectable()
export class WebhookTestDelivery {
  constructor(
    private readonly dataSource: DataSource,
    private readonly messenger: WebhookMessenger,
    private readonly transaction: IdempotentTransaction,
    private readonly trail: AuditTrail,
    private readonly clock: Clock,
    private readonly limiter: RateLimiter,
  ) {}

  /**
   * Returns the outcome of the call, even a failure. The call is not an attempt of a delivery: it does not change the
   * endpoint's status or failure time, and it works on a disabled endpoint.
   * @throws AppError object_not_found, rate_limited after too many tests of the platform's endpoints
   */
  async run(
    { platformId, id }: TenantObject,
    { audit, claim }: IdempotentCommand<CallOutcome>,
  ): Promise<CallOutcome> {
    const endpoint = await this.dataSource.manager.findOneBy(WebhookEndpoint, { platformId, id });
    if (endpoint === null) throw new AppError('object_not_found');
    this.limiter.consumeOrThrow('webhook-test', platformId);
    const objectId = toTenantId('whk', platformId, id);
    const now = this.clock.now();
    const message = {
      id: `evt_test_${randomToken(TOKEN_BYTES)}`,
      body: toBody(TEST_EVENT_TYPE, now, { webhook: objectId }),
    };
    // Before the transaction, so that none stays open during the network call.
    const outcome = await this.messenger.send(endpoint, message, now);
    return this.transaction.run<CallOutcome>(claim, async (tx) => {
      await this.trail.append(tx, { platformId, action: 'webhook.tested', objectId, audit, after: outcome });
      return outcome;
    });
  }
}
