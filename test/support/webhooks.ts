import { ModuleRef } from '@nestjs/core';
import { EventDispatcher } from '../../src/events/event-dispatcher.service.js';
import type { EventType, NewEvent } from '../../src/events/event-types.js';
import { Outbox } from '../../src/events/outbox.service.js';
import { UnitOfWork } from '../../src/database/unit-of-work.js';
import { Clock } from '../../src/shared/clock.js';
import type { TenantObject } from '../../src/shared/object-id.js';
import { toTenantId } from '../../src/shared/object-id.js';
import { type IssuedWebhook, WebhookEndpoints } from '../../src/webhooks/webhook-endpoints.service.js';
import { WebhookDeliverer } from '../../src/webhooks/webhook-deliverer.service.js';
import { WebhookLimits } from '../../src/webhooks/webhook-limits.js';
import { MONEY_ACT } from './money.js';
import { createWorld, type World } from './world.js';

/** Targets on this machine, without TLS, as the demo may have. */
export const LOCAL_TARGETS = {
  DATABASE_URL: '',
  WEBHOOK_ALLOWED_NETWORKS: '127.0.0.0/8',
};

export interface StoredDelivery {
  id: string;
  endpointId: string;
  eventId: string;
  objectId: string;
  status: string;
  attempts: number;
  waitMs: number;
}

/** Webhooks of a world without background delivery: a test decides when events are dispatched or delivered. */
export class Webhooks {
  private constructor(
    readonly world: World,
    /** Like the deliverer of a separate process: it shares only the database with other deliverers. */
    readonly deliverer: WebhookDeliverer,
  ) {}

  static async start(limits: Partial<WebhookLimits> = {}): Promise<Webhooks> {
    const world = await createWorld(LOCAL_TARGETS);
    await world.app.get(WebhookDeliverer, { strict: false }).onApplicationShutdown();
    Object.assign(world.app.get(WebhookLimits, { strict: false }), limits);
    return new Webhooks(world, await Webhooks.anotherDeliverer(world));
  }

  static anotherDeliverer(world: World): Promise<WebhookDeliverer> {
    return world.app.get(ModuleRef).create(WebhookDeliverer);
  }

  /** Stops the clock at a time until the test moves it. */
  standAt(moment: Date): { advance(ms: number): void } {
    let now = moment.getTime();
    jest.spyOn(this.world.app.get(Clock), 'now').mockImplementation(() => new Date(now));
    return { advance: (ms) => (now += ms) };
  }

  create(platformId: string, url: string, eventTypes: EventType[] = []): Promise<IssuedWebhook> {
    const wanted = { platformId, url, eventTypes, description: null };
    return this.endpoints.create(wanted, { audit: MONEY_ACT, claim: null });
  }

  get endpoints(): WebhookEndpoints {
    return this.world.app.get(WebhookEndpoints, { strict: false });
  }

  /** Publishes events of an object, one per number, and dispatches them at once. */
  async publish(
    platformId: string,
    objectId: string,
    numbers: readonly number[],
    type: EventType = 'transfer.posted',
  ): Promise<void> {
    await this.publishAll(
      platformId,
      numbers.map((number) => ({ objectId, type, data: { number } })),
    );
  }

  async publishAll(
    platformId: string,
    events: readonly { objectId: string; type: EventType; data: object }[],
  ): Promise<void> {
    const occurredAt = this.world.app.get(Clock).now();
    await this.world.app.get(UnitOfWork).run((tx) =>
      this.world.app.get(Outbox).publish(
        tx,
        // The tests are about how events are sent, so the data of the events is arbitrary.
        events.map((event) => ({ ...event, platformId, occurredAt }) as unknown as NewEvent),
      ),
    );
    await this.dispatch();
  }

  /** Repeats until no event is undispatched, because the app's own rounds may dispatch concurrently. */
  async dispatch(): Promise<void> {
    const waiting = () => this.world.count('events', 'dispatched_at IS NULL');
    while ((await waiting()) > 0) await this.world.app.get(EventDispatcher).dispatchAll();
  }

  deliveries({ platformId, id }: TenantObject): Promise<StoredDelivery[]> {
    return this.world.dataSource.query<StoredDelivery[]>(
      `SELECT id, endpoint_id AS "endpointId", event_id AS "eventId", object_id AS "objectId", status, attempts,
         (extract(epoch FROM next_attempt_at - $3::timestamptz) * 1000)::int AS "waitMs"
       FROM webhook_deliveries WHERE platform_id = $1 AND endpoint_id = $2 ORDER BY id`,
      [platformId, id, this.world.app.get(Clock).now()],
    );
  }

  async errorsOf({ platformId, id }: TenantObject): Promise<[status: number | null, error: string | null][]> {
    const rows = await this.world.dataSource.query<{ status: number | null; error: string | null }[]>(
      `SELECT a.http_status AS status, a.error FROM webhook_attempts a
       JOIN webhook_deliveries d ON d.platform_id = a.platform_id AND d.id = a.delivery_id
       WHERE d.platform_id = $1 AND d.endpoint_id = $2 ORDER BY a.id`,
      [platformId, id],
    );
    return rows.map(({ status, error }) => [status, error]);
  }

  close(): Promise<void> {
    jest.restoreAllMocks();
    return this.world.close();
  }
}

export const anAccount = (platformId: string, number: number): string =>
  toTenantId('acc', platformId, String(number));

/** The numbers of the received events, in the order of arrival. */
export const numbersIn = (received: readonly { body: string }[]): number[] =>
  received.map(({ body }) => (JSON.parse(body) as { data: { number: number } }).data.number);

export const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

/** `each` events of each of `objects` accounts, alternately. */
export const interleaved = (platformId: string, objects: number, each: number) =>
  range(each).flatMap((number) =>
    range(objects).map((n) => {
      const objectId = anAccount(platformId, n);
      return { objectId, type: 'transfer.posted' as const, data: { object: objectId, number } };
    }),
  );

/** The received `interleaved` events, by account. */
export function byObject(received: readonly { body: string }[]): Map<string, number[]> {
  const objects = new Map<string, number[]>();
  for (const request of received) {
    const { data } = JSON.parse(request.body) as { data: { object: string; number: number } };
    objects.set(data.object, [...(objects.get(data.object) ?? []), data.number]);
  }
  return objects;
}
