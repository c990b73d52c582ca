import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../database/unit-of-work.js';
import { Clock } from '../shared/clock.js';
import {
  CLAIM_NEXT_SQL,
  CLAIM_SQL,
  type ClaimedDelivery,
  PUT_OFF_SQL,
  WAKE_NEXT_SQL,
} from './delivery-queue.sql.js';
import { WebhookLimits } from './webhook-limits.js';

/** Lanes of a process: its concurrency limit. */
export const LANES = 64;
/** For all failing endpoints together, and for one platform. */
const LANES_FOR_FAILING = 16;
const LANES_PER_PLATFORM = 48;
/** Lanes above this number go only to endpoints without a lane. */
const LANES_BEYOND_FIRST = 48;
/**
 * Concurrency limit per endpoint and process. A failing endpoint has a lower limit, so it does not delay other
 * endpoints.
 */
const LANES_PER_ENDPOINT = 16;
const LANES_PER_FAILING_ENDPOINT = 2;
/** Number of due deliveries of an endpoint that one claim examines to find claimable ones. */
const WINDOW = 200;
/** A blocked delivery is examined again after this time at the latest. */
const PUT_OFF_MS = 30_000;

/** A lane: the deliveries of one object to one endpoint, which are made one after the other. */
export type Lane = Pick<ClaimedDelivery, 'platformId' | 'endpointId' | 'objectId'>;

export function laneName({ platformId, endpointId, objectId }: Lane): string {
  return `${platformId} ${endpointId} ${objectId}`;
}

/**
 * Leases on deliveries. `claimed_until` is the end of a lease, during which only one process may try the delivery. A
 * lease needs no open transaction, and the lease of a crashed process simply expires.
 */
@Injectable()
export class DeliveryClaims {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
    private readonly limits: WebhookLimits,
  ) {}

  /**
   * Claims due deliveries.
   * @param most maximum number
   * @param inHand deliveries that this process holds already; they count towards the concurrency limits of their
   *   endpoints
   */
  async claim(most: number, inHand: readonly Lane[]): Promise<ClaimedDelivery[]> {
    const now = this.clock.now();
    const parameters = [
      ...[now, this.untilFrom(now), most, LANES_PER_ENDPOINT, LANES_PER_FAILING_ENDPOINT, WINDOW],
      ...countsOf(inHand),
      ...[LANES_FOR_FAILING, LANES_PER_PLATFORM, LANES_BEYOND_FIRST],
    ];
    return this.unitOfWork.run((tx) => tx.query<ClaimedDelivery[]>(CLAIM_SQL, parameters));
  }

  /**
   * Claims the next delivery of each lane. Call it after the completion of the previous delivery has been committed.
   */
  async claimNext(lanes: readonly Lane[]): Promise<ClaimedDelivery[]> {
    if (lanes.length === 0) return [];
    const now = this.clock.now();
    const parameters = [...columnsOf(lanes), now, this.untilFrom(now)];
    return this.unitOfWork.run((tx) => tx.query<ClaimedDelivery[]>(CLAIM_NEXT_SQL, parameters));
  }

  /** Makes the next delivery of each lane due, for any process to claim. */
  async leave(lanes: readonly Lane[]): Promise<void> {
    if (lanes.length === 0) return;
    const parameters = [...columnsOf(lanes), this.clock.now()];
    await this.unitOfWork.run((tx) => tx.query(WAKE_NEXT_SQL, parameters));
  }

  /**
   * Postpones blocked deliveries, so that claimable ones come into the window.
   * @returns the number of postponed ones
   */
  async putOffWaiting(): Promise<number> {
    const now = this.clock.now();
    const until = new Date(now.getTime() + PUT_OFF_MS);
    const [{ n }] = await this.unitOfWork.run((tx) =>
      tx.query<[{ n: number }]>(PUT_OFF_SQL, [now, until, WINDOW]),
    );
    return n;
  }

  private untilFrom(now: Date): Date {
    return new Date(now.getTime() + this.limits.claimMs);
  }
}

function columnsOf(lanes: readonly Lane[]): string[][] {
  return [
    lanes.map(({ platformId }) => platformId),
    lanes.map(({ endpointId }) => endpointId),
    lanes.map(({ objectId }) => objectId),
  ];
}

/** Platforms, endpoints, and the number of lanes in progress of each endpoint. */
function countsOf(lanes: readonly Lane[]): [string[], string[], number[]] {
  const counts = new Map<string, { lane: Lane; lanes: number }>();
  for (const lane of lanes) {
    const name = `${lane.platformId} ${lane.endpointId}`;
    counts.set(name, { lane, lanes: (counts.get(name)?.lanes ?? 0) + 1 });
  }
  const entries = [...counts.values()];
  return [
    entries.map(({ lane }) => lane.platformId),
    entries.map(({ lane }) => lane.endpointId),
    entries.map(({ lanes: count }) => count),
  ];
}
