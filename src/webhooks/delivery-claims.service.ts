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

/** At once in one process for one endpoint. One that only fails is probed, and keeps no other waiting. */
const LANES_PER_ENDPOINT = 16;
const LANES_PER_FAILING_ENDPOINT = 2;
/** Due deliveries of an endpoint that are looked at to find some that nothing keeps waiting. */
const WINDOW = 200;
/** A blocked delivery is checked again after this time, unless the process that blocks it takes it first. */
const PUT_OFF_MS = 30_000;

/** What comes one after the other: the deliveries of one object to one endpoint. */
export type Lane = Pick<ClaimedDelivery, 'platformId' | 'endpointId' | 'objectId'>;

export function laneName({ platformId, endpointId, objectId }: Lane): string {
  return `${platformId} ${endpointId} ${objectId}`;
}

/**
 * Leases of deliveries. A lease is a time until which no other process attempts the delivery: it needs no open
 * transaction, and a process that dies leaves only that time behind.
 */
@Injectable()
export class DeliveryClaims {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
    private readonly limits: WebhookLimits,
  ) {}

  /** @param inHand what this process has already, which counts for the bounds of its endpoints */
  async claim(most: number, inHand: readonly Lane[]): Promise<ClaimedDelivery[]> {
    const now = this.clock.now();
    const parameters = [
      ...[now, this.untilFrom(now), most, LANES_PER_ENDPOINT, LANES_PER_FAILING_ENDPOINT, WINDOW],
      ...countsOf(inHand),
    ];
    return this.unitOfWork.run((tx) => tx.query<ClaimedDelivery[]>(CLAIM_SQL, parameters));
  }

  /** Claims the next of each lane, where there is one. Call it when the end of the one before is committed. */
  async claimNext(lanes: readonly Lane[]): Promise<ClaimedDelivery[]> {
    if (lanes.length === 0) return [];
    const now = this.clock.now();
    const parameters = [...columnsOf(lanes), now, this.untilFrom(now)];
    return this.unitOfWork.run((tx) => tx.query<ClaimedDelivery[]>(CLAIM_NEXT_SQL, parameters));
  }

  /** Makes the next delivery of each lane available to any process. */
  async leave(lanes: readonly Lane[]): Promise<void> {
    if (lanes.length === 0) return;
    const parameters = [...columnsOf(lanes), this.clock.now()];
    await this.unitOfWork.run((tx) => tx.query(WAKE_NEXT_SQL, parameters));
  }

  /** Makes room in the window for those that nothing keeps waiting. @returns how many it put off */
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

/** Platforms, endpoints, and the number of lanes that this process has leased of each endpoint. */
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
