import { setImmediate, setTimeout as delay } from 'node:timers/promises';
import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Batcher, type BatchOutcome } from '../concurrency/batcher.js';
import { Clock } from '../shared/clock.js';
import { toTenantId } from '../shared/object-id.js';
import { Recurring } from '../shared/recurring.js';
import { type Attempt, AttemptRecorder } from './attempt-recorder.service.js';
import { DeliveryClaims, laneName, LANES } from './delivery-claims.service.js';
import type { ClaimedDelivery } from './delivery-queue.sql.js';
import { toBody, WebhookMessenger } from './webhook-messenger.service.js';

const INTERVAL_MS = 200;
/** Maximum number of consecutive deliveries of one lane, before the lane is released for fairness. */
const LONGEST_RUN = 100;

/** A completed call, and whether to claim the next delivery of its lane. */
interface Made {
  attempt: Attempt;
  goOn: boolean;
}

/**
 * Makes the calls that are due. Deliveries of one lane (endpoint and object) are made one after the other, lanes run
 * concurrently, and any number of processes may run.
 *
 * Delivery is at least once: the outcome of a call is written before the next call of its lane, so after a crash only
 * the calls in progress are repeated.
 */
@Injectable()
export class WebhookDeliverer implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(WebhookDeliverer.name);
  private readonly rounds = new Recurring(
    () => this.deliverDue(),
    INTERVAL_MS,
    ({ message }) => {
      this.logger.warn(`delivering webhooks failed: ${message}`);
    },
  );
  private readonly made = new Batcher<Made, ClaimedDelivery | null>({
    execute: (calls) => this.settleOrFail(calls),
    queueOf: ({ attempt: { delivery } }) => delivery.platformId,
    maxBatch: LANES,
  });
  private readonly inHand = new Map<Promise<void>, ClaimedDelivery>();
  private stopped = false;

  constructor(
    private readonly claims: DeliveryClaims,
    private readonly messenger: WebhookMessenger,
    private readonly recorder: AttemptRecorder,
    private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    this.rounds.start();
  }

  /** Stops new calls and waits for the calls in progress. */
  async onApplicationShutdown(): Promise<void> {
    this.stopped = true;
    await this.rounds.stop();
  }

  /** Makes calls until no delivery is due. */
  async deliverDue(): Promise<void> {
    while (!this.stopped) {
      const wasIdle = this.inHand.size === 0;
      if (await this.takeMore()) continue;
      // Nothing was in progress during the claim, so no due delivery was blocked by this process.
      if (wasIdle) break;
      await this.someEnd();
    }
    await Promise.all(this.inHand.keys());
  }

  private async someEnd(): Promise<void> {
    if (this.inHand.size > 0)
      await Promise.race([...this.inHand.keys(), delay(INTERVAL_MS, undefined, { ref: false })]);
    // Calls settled in one batch end in the same turn of the event loop, so one claim fills all of their slots.
    await setImmediate();
  }

  /** @returns whether another claim may find more deliveries */
  private async takeMore(): Promise<boolean> {
    const room = LANES - this.inHand.size;
    if (room <= 0) return false;
    const claimed = await this.claims.claim(room, [...this.inHand.values()]);
    for (const delivery of claimed) this.begin(delivery);
    return claimed.length > 0 || (await this.claims.putOffWaiting()) > 0;
  }

  private begin(delivery: ClaimedDelivery): void {
    const lane = this.runLane(delivery)
      .catch((error: unknown) => {
        this.logger.warn(`recording the outcome of webhooks failed: ${(error as Error).message}`);
      })
      .finally(() => this.inHand.delete(lane));
    this.inHand.set(lane, delivery);
  }

  private async runLane(first: ClaimedDelivery): Promise<void> {
    let delivery: ClaimedDelivery | null = first;
    for (let run = 1; delivery !== null; run++) {
      const attempt = await this.attempt(delivery);
      delivery = await this.made.submit({ attempt, goOn: run < LONGEST_RUN && !this.stopped });
    }
  }

  private async attempt(delivery: ClaimedDelivery): Promise<Attempt> {
    const { platformId, endpointId, eventId, type, occurredAt, data } = delivery;
    const attemptedAt = this.clock.now();
    const endpoint = { ...delivery, id: endpointId };
    const message = { id: toTenantId('evt', platformId, eventId), body: toBody(type, occurredAt, data) };
    return { delivery, attemptedAt, outcome: await this.messenger.send(endpoint, message, attemptedAt) };
  }

  /**
   * A part of the writes may be committed before a failure, so the batch must not be retried: every item gets the
   * error.
   */
  private settleOrFail(calls: readonly Made[]): Promise<BatchOutcome<ClaimedDelivery | null>[]> {
    return this.settle(calls).then(
      (next) => next.map((result) => ({ result })),
      (error: unknown) => calls.map(() => ({ error })),
    );
  }

  /** Records the outcomes, then claims the next delivery of each lane; `null`: there is none, or `goOn` is false. */
  private async settle(calls: readonly Made[]): Promise<(ClaimedDelivery | null)[]> {
    const ended = await this.recorder.record(calls.map(({ attempt }) => attempt));
    const names = new Set(ended.map(({ platformId, id }) => `${platformId} ${id}`));
    const over = calls.filter(({ attempt: { delivery } }) =>
      names.has(`${delivery.platformId} ${delivery.id}`),
    );
    const lanesOf = (made: readonly Made[]): ClaimedDelivery[] => made.map(({ attempt }) => attempt.delivery);
    await this.claims.leave(lanesOf(over.filter(({ goOn }) => !goOn)));
    const next = await this.claims.claimNext(lanesOf(over.filter(({ goOn }) => goOn)));
    const byLane = new Map(next.map((delivery) => [laneName(delivery), delivery]));
    return calls.map(({ attempt }) => byLane.get(laneName(attempt.delivery)) ?? null);
  }
}
