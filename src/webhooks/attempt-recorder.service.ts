import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { systemContext } from '../audit/audit-context.js';
import { AuditTrail } from '../audit/audit-trail.service.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import type { DeliveryStatus } from '../entities/webhook-delivery.entity.js';
import { Clock } from '../shared/clock.js';
import { toTenantId } from '../shared/object-id.js';
import type { ClaimedDelivery } from './delivery-queue.sql.js';
import { afterFailure } from './retry-policy.js';
import type { CallOutcome } from './webhook-caller.service.js';
import { WebhookLimits } from './webhook-limits.js';

/** A completed call of an endpoint. */
export interface Attempt {
  delivery: ClaimedDelivery;
  attemptedAt: Date;
  outcome: CallOutcome;
}

/**
 * Locks and updates the endpoints before their deliveries, in the order of (platform_id, id): every transaction that
 * changes both locks the endpoint first.
 */
const HEALTH_SQL = `WITH told AS MATERIALIZED (
    SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::timestamptz[], $4::timestamptz[])
      AS told(platform_id, id, succeeded_at, failed_at)
  ), endpoint AS MATERIALIZED (
    SELECT e.platform_id, e.id FROM webhook_endpoints e JOIN told USING (platform_id, id)
    WHERE (told.failed_at IS NOT NULL AND e.failing_since IS NULL)
      OR (told.succeeded_at IS NOT NULL AND (e.failing_since IS NOT NULL OR e.last_success_at IS NULL
        OR e.last_success_at < told.succeeded_at - interval '1 second'))
    ORDER BY e.platform_id, e.id FOR NO KEY UPDATE OF e
  ), changed AS (
    UPDATE webhook_endpoints e SET
      last_success_at = COALESCE(told.succeeded_at, e.last_success_at),
      failing_since =
        CASE WHEN told.succeeded_at IS NULL THEN COALESCE(e.failing_since, told.failed_at) ELSE told.failed_at END
    FROM endpoint JOIN told USING (platform_id, id)
    WHERE e.platform_id = endpoint.platform_id AND e.id = endpoint.id
  ) SELECT 1`;

const DISABLE_SQL = `WITH failing AS MATERIALIZED (
    SELECT e.platform_id, e.id FROM webhook_endpoints e
    JOIN unnest($1::bigint[], $2::bigint[]) AS told(platform_id, id) USING (platform_id, id)
    WHERE e.status = 'active' AND e.failing_since <= $3::timestamptz
    ORDER BY e.platform_id, e.id FOR NO KEY UPDATE OF e
  ), disabled AS (
    UPDATE webhook_endpoints e SET status = 'disabled', status_reason = $4, updated_at = $5::timestamptz
    FROM failing WHERE e.platform_id = failing.platform_id AND e.id = failing.id
    RETURNING e.platform_id, e.id, e.failing_since
  ) SELECT platform_id AS "platformId", id, failing_since AS "failingSince" FROM disabled`;

/**
 * Every attempt is recorded. The delivery itself is updated only while this process still holds the lease
 * (`claimed_until` unchanged).
 */
const RECORD_SQL = `WITH told AS MATERIALIZED (
    SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::timestamptz[], $4::timestamptz[], $5::int[], $6::int[],
        $7::text[], $8::text[], $9::timestamptz[], $10::timestamptz[])
      AS told(platform_id, id, claimed_until, attempted_at, duration_ms, http_status, error, status, failing_since,
        next_attempt_at)
  ), attempt AS (
    INSERT INTO webhook_attempts (platform_id, id, delivery_id, attempted_at, duration_ms, http_status, error)
    SELECT platform_id, nextval('webhook_attempts_id_seq'), id, attempted_at, duration_ms, http_status, error FROM told
  ), recorded AS (
    UPDATE webhook_deliveries d SET attempts = d.attempts + 1, claimed_until = NULL, status = told.status,
      failing_since = told.failing_since, next_attempt_at = COALESCE(told.next_attempt_at, d.next_attempt_at),
      completed_at = CASE WHEN told.status = 'pending' THEN NULL ELSE $11::timestamptz END
    FROM told
    WHERE d.platform_id = told.platform_id AND d.id = told.id AND d.claimed_until = told.claimed_until
    RETURNING d.platform_id, d.id, d.status
  ) SELECT platform_id AS "platformId", id FROM recorded WHERE status <> 'pending'`;

interface Verdict {
  status: DeliveryStatus;
  failingSince: Date | null;
  nextAttemptAt: Date | null;
}

/** Records the outcomes of calls, in batches. */
@Injectable()
export class AttemptRecorder {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly trail: AuditTrail,
    private readonly clock: Clock,
    private readonly limits: WebhookLimits,
  ) {}

  /** @returns the deliveries that these attempts completed, as delivered or exhausted */
  async record(attempts: readonly Attempt[]): Promise<{ platformId: string; id: string }[]> {
    const verdicts = attempts.map((attempt) => this.verdictOn(attempt));
    return this.unitOfWork.run(async (tx) => {
      await this.tellEndpoints(tx, attempts);
      return tx.query<{ platformId: string; id: string }[]>(RECORD_SQL, [
        attempts.map(({ delivery }) => delivery.platformId),
        attempts.map(({ delivery }) => delivery.id),
        attempts.map(({ delivery }) => delivery.claimedUntil),
        attempts.map(({ attemptedAt }) => attemptedAt),
        attempts.map(({ outcome }) => outcome.durationMs),
        attempts.map(({ outcome }) => outcome.httpStatus),
        attempts.map(({ outcome }) => outcome.error),
        verdicts.map(({ status }) => status),
        verdicts.map(({ failingSince }) => failingSince),
        verdicts.map(({ nextAttemptAt }) => nextAttemptAt),
        this.clock.now(),
      ]);
    });
  }

  private verdictOn({ delivery: { failingSince }, attemptedAt, outcome }: Attempt): Verdict {
    if (outcome.error === null) return { status: 'delivered', failingSince, nextAttemptAt: null };
    return {
      nextAttemptAt: null,
      ...afterFailure({ failingSince, attemptedAt }, this.limits, Math.random()),
    };
  }

  private async tellEndpoints(tx: EntityManager, attempts: readonly Attempt[]): Promise<void> {
    const told = healthOf(attempts);
    await tx.query(HEALTH_SQL, [
      told.map(({ platformId }) => platformId),
      told.map(({ endpointId }) => endpointId),
      told.map(({ succeededAt }) => succeededAt),
      told.map(({ failedAt }) => failedAt),
    ]);
    const failing = told.filter(({ succeededAt }) => succeededAt === null);
    if (failing.length > 0) await this.disableHopeless(tx, failing);
  }

  private async disableHopeless(tx: EntityManager, failing: readonly Health[]): Promise<void> {
    const now = this.clock.now();
    const reason = 'every attempt has failed for too long';
    const disabled = await tx.query<{ platformId: string; id: string; failingSince: Date }[]>(DISABLE_SQL, [
      failing.map(({ platformId }) => platformId),
      failing.map(({ endpointId }) => endpointId),
      new Date(now.getTime() - this.limits.givenUpAfterMs),
      reason,
      now,
    ]);
    for (const { platformId, id, failingSince } of disabled)
      await this.trail.append(tx, {
        platformId,
        action: 'webhook.disabled',
        objectId: toTenantId('whk', platformId, id),
        audit: systemContext('webhooks', reason),
        before: { status: 'active' },
        after: { status: 'disabled', failingSince },
      });
  }
}

/** The health of an endpoint after a batch of attempts: its last success, and the first failure after it. */
interface Health {
  platformId: string;
  endpointId: string;
  succeededAt: Date | null;
  failedAt: Date | null;
}

function healthOf(attempts: readonly Attempt[]): Health[] {
  const inOrder = [...attempts].sort((a, b) => a.attemptedAt.getTime() - b.attemptedAt.getTime());
  const endpoints = new Map<string, Health>();
  for (const { delivery, attemptedAt, outcome } of inOrder) {
    const { platformId, endpointId } = delivery;
    const name = `${platformId} ${endpointId}`;
    const before = endpoints.get(name) ?? { platformId, endpointId, succeededAt: null, failedAt: null };
    const after =
      outcome.error === null
        ? { succeededAt: attemptedAt, failedAt: null }
        : { failedAt: before.failedAt ?? attemptedAt };
    endpoints.set(name, { ...before, ...after });
  }
  return [...endpoints.values()];
}
