import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AuditTrail, changeOf } from '../audit/audit-trail.service.js';
import { listPage } from '../database/listing.js';
import { WebhookEndpoint } from '../entities/webhook-endpoint.entity.js';
import type { EventType } from '../events/event-types.js';
import {
  type IdempotentCommand,
  IdempotentTransaction,
} from '../idempotency/idempotent-transaction.service.js';
import { AppError } from '../shared/app-error.js';
import { Clock } from '../shared/clock.js';
import type { ListQuery, Page } from '../shared/listing.js';
import { type TenantObject, toTenantId } from '../shared/object-id.js';
import { assertNextState } from '../shared/state-machine.js';
import { DeliveryTargets } from './delivery-targets.js';
import { WEBHOOK_LIST, WEBHOOK_MACHINE, type WebhookTransition, type WebhookView } from './webhook-list.js';
import { WebhookSecrets } from './webhook-secrets.service.js';

const DAY_MS = 24 * 60 * 60 * 1000;

export interface NewWebhook {
  platformId: string;
  url: string;
  /** Empty: every type. */
  eventTypes: EventType[];
  description: string | null;
}
/** A missing field stays as it is. */
export type WebhookChange = Partial<Omit<NewWebhook, 'platformId'>>;

/** An endpoint with its secret, which is returned only once. */
export interface IssuedWebhook extends WebhookView {
  secret: string;
}

const PAST_TENSE: Record<WebhookTransition, string> = { disable: 'disabled', enable: 'enabled' };

/** Makes failed and postponed deliveries due at once, and resets their failure time. */
const RESUME_SQL = `UPDATE webhook_deliveries SET next_attempt_at = $3::timestamptz, failing_since = NULL
  WHERE platform_id = $1 AND endpoint_id = $2 AND status = 'pending'
    AND (failing_since IS NOT NULL OR next_attempt_at > $3::timestamptz)`;

/** Reads and changes webhook endpoints. */
@Injectable()
export class WebhookEndpoints {
  constructor(
    private readonly dataSource: DataSource,
    private readonly transaction: IdempotentTransaction,
    private readonly trail: AuditTrail,
    private readonly clock: Clock,
    private readonly targets: DeliveryTargets,
    private readonly secrets: WebhookSecrets,
  ) {}

  list(query: ListQuery): Promise<Page<WebhookView>> {
    return listPage<WebhookView>(this.dataSource, WEBHOOK_LIST, query);
  }

  /** @throws AppError object_not_found */
  async get(name: TenantObject): Promise<WebhookView> {
    return toView(await find(this.dataSource.manager, name));
  }

  /** @throws AppError validation_failed for a URL that may not be called, object_not_found for an unknown platform */
  async create(
    wanted: NewWebhook,
    { audit, claim }: IdempotentCommand<IssuedWebhook>,
  ): Promise<IssuedWebhook> {
    this.assertTarget(wanted.url);
    return this.transaction.run<IssuedWebhook>(claim, async (tx) => {
      const [{ id }] = await tx.query<[{ id: string }]>(`SELECT nextval('webhook_endpoints_id_seq') AS id`);
      const { platformId, ...after } = wanted;
      const secret = this.secrets.newSecret();
      const now = this.clock.now();
      const endpoint = tx.create(WebhookEndpoint, {
        ...wanted,
        id,
        status: 'active',
        statusReason: null,
        secret: this.secrets.seal(secret, { platformId, id }),
        previousSecret: null,
        previousSecretExpiresAt: null,
        failingSince: null,
        lastSuccessAt: null,
        createdAt: now,
        updatedAt: now,
      });
      await tx.insert(WebhookEndpoint, endpoint);
      const objectId = toTenantId('whk', platformId, id);
      await this.trail.append(tx, { platformId, action: 'webhook.created', objectId, audit, after });
      return { ...toView(endpoint), secret };
    });
  }

  /** Applies to every later attempt. @throws AppError object_not_found, validation_failed */
  async amend(
    name: TenantObject,
    change: WebhookChange,
    { audit, claim }: IdempotentCommand<WebhookView>,
  ): Promise<WebhookView> {
    if (change.url !== undefined) this.assertTarget(change.url);
    return this.transaction.run<WebhookView>(claim, async (tx) => {
      const endpoint = await find(tx, name, true);
      const states = changeOf<WebhookEndpoint>(endpoint, change);
      await this.change(tx, endpoint, change);
      await this.trail.append(tx, { ...aboutOf(endpoint, 'webhook.amended'), audit, ...states });
      return toView(endpoint);
    });
  }

  /**
   * Creates a new secret. The previous secret also signs for one day, so that receivers can switch; an older secret
   * that is still valid from an earlier rotation ends at once.
   * @throws AppError object_not_found
   */
  async rotateSecret(
    name: TenantObject,
    { audit, claim }: IdempotentCommand<IssuedWebhook>,
  ): Promise<IssuedWebhook> {
    return this.transaction.run<IssuedWebhook>(claim, async (tx) => {
      const endpoint = await find(tx, name, true);
      const secret = this.secrets.newSecret();
      const previousSecretExpiresAt = new Date(this.clock.now().getTime() + DAY_MS);
      await this.change(tx, endpoint, {
        secret: this.secrets.seal(secret, name),
        previousSecret: endpoint.secret,
        previousSecretExpiresAt,
      });
      const after = { previousSecretExpiresAt };
      await this.trail.append(tx, { ...aboutOf(endpoint, 'webhook.secret_rotated'), audit, after });
      return { ...toView(endpoint), secret };
    });
  }

  /**
   * To a disabled endpoint nothing is delivered, and no new deliveries are queued. Pending deliveries wait, and are
   * tried as soon as it is enabled.
   * @throws AppError object_not_found, transition_not_allowed
   */
  async do(
    name: TenantObject,
    webhookAct: WebhookTransition,
    { audit, claim }: IdempotentCommand<WebhookView>,
  ): Promise<WebhookView> {
    return this.transaction.run<WebhookView>(claim, async (tx) => {
      const endpoint = await find(tx, name, true);
      const before = { status: endpoint.status };
      const status = assertNextState(WEBHOOK_MACHINE, endpoint.status, webhookAct);
      const isActive = status === 'active';
      await this.change(tx, endpoint, {
        status,
        statusReason: isActive ? null : audit.reason,
        ...(isActive ? { failingSince: null } : {}),
      });
      if (isActive) await tx.query(RESUME_SQL, [name.platformId, name.id, this.clock.now()]);
      const about = aboutOf(endpoint, `webhook.${PAST_TENSE[webhookAct]}`);
      await this.trail.append(tx, { ...about, audit, before, after: { status } });
      return toView(endpoint);
    });
  }

  private assertTarget(url: string): void {
    const message = this.targets.problemOf(url);
    if (message === null) return;
    const field = { path: 'url', constraint: 'pattern' as const, message, invalidValue: url };
    throw new AppError('validation_failed', { fields: [field] });
  }

  private async change(
    tx: EntityManager,
    endpoint: WebhookEndpoint,
    change: Partial<Omit<WebhookEndpoint, 'platform'>>,
  ): Promise<void> {
    const { platformId, id } = endpoint;
    const changed = { ...change, updatedAt: this.clock.now() };
    await tx.update(WebhookEndpoint, { platformId, id }, changed);
    Object.assign(endpoint, changed);
  }
}

async function find(
  on: EntityManager,
  { platformId, id }: TenantObject,
  lock = false,
): Promise<WebhookEndpoint> {
  const endpoint = await on.findOne(WebhookEndpoint, {
    where: { platformId, id },
    ...(lock ? { lock: { mode: 'pessimistic_write' as const } } : {}),
  });
  if (endpoint === null) throw new AppError('object_not_found');
  return endpoint;
}

function aboutOf({ platformId, id }: TenantObject, action: string) {
  return { platformId, action, objectId: toTenantId('whk', platformId, id) };
}

function toView(endpoint: WebhookEndpoint): WebhookView {
  const { platformId, id, url, description, eventTypes, status, statusReason } = endpoint;
  const { previousSecretExpiresAt, failingSince, lastSuccessAt, createdAt, updatedAt } = endpoint;
  return {
    platformId,
    id,
    url,
    description,
    eventTypes,
    status,
    statusReason,
    previousSecretExpiresAt,
    failingSince,
    lastSuccessAt,
    createdAt,
    updatedAt,
  };
}
