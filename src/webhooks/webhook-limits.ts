import { Injectable } from '@nestjs/common';
import { Environment } from '../config/env.js';

const DAY_MS = 24 * 60 * 60 * 1000;

/** How patient deliveries are. In milliseconds. */
@Injectable()
export class WebhookLimits {
  /** For a whole call: name, connection, answer and its body. */
  callMs = 5_000;
  /** Before the second attempt; the waits after it double. */
  firstWaitMs = 5_000;
  longestWaitMs = 60 * 60 * 1000;
  /** Duration of a delivery's lease: longer than a call and the record of its outcome take. */
  claimMs = 30_000;
  /** Of nothing but failures, until a delivery is given up and an endpoint disabled. */
  readonly givenUpAfterMs: number;

  constructor(env: Environment) {
    this.givenUpAfterMs = env.WEBHOOK_DISABLE_AFTER_DAYS * DAY_MS;
  }
}
