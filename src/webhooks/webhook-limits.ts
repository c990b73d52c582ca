import { Injectable } from '@nestjs/common';
import { Environment } from '../config/env.js';

const DAY_MS = 24 * 60 * 60 * 1000;

/** Timeouts and retry intervals of deliveries, in milliseconds. */
@Injectable()
export class WebhookLimits {
  /** Timeout of a whole call: name lookup, connection, response and its body. */
  callMs = 5_000;
  /** Wait before the second attempt; later waits double. */
  firstWaitMs = 5_000;
  longestWaitMs = 60 * 60 * 1000;
  /** Duration of a lease: longer than a call and the recording of its outcome. */
  claimMs = 30_000;
  /** Time of uninterrupted failure after which a delivery is exhausted and an endpoint disabled. */
  readonly givenUpAfterMs: number;

  constructor(env: Environment) {
    this.givenUpAfterMs = env.WEBHOOK_DISABLE_AFTER_DAYS * DAY_MS;
  }
}
