import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource, EntityManager } from 'typeorm';
import { Environment } from '../config/env.js';
import { Clock } from '../shared/clock.js';
import { SealedBox } from '../shared/sealed-box.js';

const KEPT_MS = 24 * 60 * 60 * 1000;
const PURGE_INTERVAL_MS = 10 * 60 * 1000;

/** One request under its `Idempotency-Key`. */
export interface IdempotentRequest {
  platformId: string;
  /** Whose key it is: `credential:<id>` or `session:<id>`. */
  scope: string;
  key: string;
  /** SHA-256 of the request. */
  fingerprint: Buffer;
}

/** What an act must record beside its effect: the request, and the answer that its result will be given. */
export interface Claim<View> extends IdempotentRequest {
  receiptOf(view: View): string;
}

/** Columns of one `idempotency_records` row, in the order of `RECORD_COLUMNS`. */
export type RecordParameters = [
  platformId: string,
  scope: string,
  key: string,
  fingerprint: Buffer,
  receipt: Buffer,
  createdAt: Date,
  expiresAt: Date,
];

/** Another request won this key while ours was under way; its answer is recorded by now. */
export class ClaimLost extends Error {}

export interface FoundRecord {
  sameRequest: boolean;
  receipt: string;
}

/** SQL that claims a key for the row given as `$1…$7`, and takes over an expired record of the same key. */
export const CLAIM_SQL = `INSERT INTO idempotency_records AS record
  (platform_id, scope, key, fingerprint, receipt, created_at, expires_at)
  SELECT $1::bigint, $2::text, $3::text, $4::bytea, $5::bytea, $6::timestamptz, $7::timestamptz
  WHERE $3::text IS NOT NULL
  ON CONFLICT (platform_id, scope, key) DO UPDATE SET
    fingerprint = excluded.fingerprint, receipt = excluded.receipt,
    created_at = excluded.created_at, expires_at = excluded.expires_at
  WHERE record.expires_at <= excluded.created_at
  RETURNING 1`;

/** `$1…$3` whose keys, in lists of one length, `$4` the time. */
const FIND_MANY_SQL = `SELECT asked.place, record.fingerprint, record.receipt
  FROM unnest($1::bigint[], $2::text[], $3::text[]) WITH ORDINALITY AS asked(platform_id, scope, key, place)
  JOIN idempotency_records record USING (platform_id, scope, key)
  WHERE record.expires_at > $4`;

/**
 * The first answer to each idempotent request.
 *
 * A record is written in the transaction of the effect it belongs to, so neither exists without the other.
 * A concurrent twin waits in its own claim until that transaction ends, and then loses or goes on.
 * Receipts are sealed with a key of the server's pepper, bound to their row.
 */
@Injectable()
export class IdempotencyService implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(IdempotencyService.name);
  private readonly box: SealedBox;
  private purgeTimer: NodeJS.Timeout | undefined;

  constructor(
    env: Environment,
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {
    this.box = new SealedBox(env.secretPepper, 'vostro idempotency receipts');
  }

  /** The record of this key, unless it expired. Give `tx` as `on` inside a transaction. */
  async find(
    request: IdempotentRequest,
    on: EntityManager = this.dataSource.manager,
  ): Promise<FoundRecord | null> {
    const rows = await on.query<{ fingerprint: Buffer; receipt: Buffer }[]>(
      `SELECT fingerprint, receipt FROM idempotency_records
       WHERE platform_id = $1 AND scope = $2 AND key = $3 AND expires_at > $4`,
      [request.platformId, request.scope, request.key, this.clock.now()],
    );
    return rows[0] === undefined ? null : this.toFound(rows[0], request);
  }

  /** The records of many keys in one statement, in their order; `null` where there is none. */
  async findMany(requests: readonly IdempotentRequest[]): Promise<(FoundRecord | null)[]> {
    const found: (FoundRecord | null)[] = requests.map(() => null);
    const rows = await this.dataSource.query<{ place: string; fingerprint: Buffer; receipt: Buffer }[]>(
      FIND_MANY_SQL,
      [
        requests.map(({ platformId }) => platformId),
        requests.map(({ scope }) => scope),
        requests.map(({ key }) => key),
        this.clock.now(),
      ],
    );
    for (const { place, ...row } of rows) {
      const index = Number(place) - 1;
      found[index] = this.toFound(row, requests[index] as IdempotentRequest);
    }
    return found;
  }

  /**
   * Claims the key inside the act's transaction.
   * @throws ClaimLost when another request holds it; roll back and look at its record.
   */
  async claim(tx: EntityManager, request: IdempotentRequest, receipt: string): Promise<void> {
    const rows = await tx.query<unknown[]>(CLAIM_SQL, this.parameters(request, receipt));
    if (rows.length === 0) throw new ClaimLost();
  }

  /** What `CLAIM_SQL` takes, for an act that claims inside a larger statement of its own. */
  parameters(request: IdempotentRequest, receipt: string): RecordParameters {
    const now = this.clock.now();
    return [
      request.platformId,
      request.scope,
      request.key,
      request.fingerprint,
      this.box.seal(receipt, rowOf(request)),
      now,
      new Date(now.getTime() + KEPT_MS),
    ];
  }

  private toFound(row: { fingerprint: Buffer; receipt: Buffer }, request: IdempotentRequest): FoundRecord {
    const sameRequest = row.fingerprint.equals(request.fingerprint);
    return { sameRequest, receipt: sameRequest ? this.box.open(row.receipt, rowOf(request)) : '' };
  }

  onApplicationBootstrap(): void {
    this.purgeTimer = setInterval(() => void this.purge(), PURGE_INTERVAL_MS);
    this.purgeTimer.unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.purgeTimer);
  }

  /** Deletes what expired. Not needed for correctness: an expired record is never answered from. */
  async purge(): Promise<void> {
    try {
      await this.dataSource.query('DELETE FROM idempotency_records WHERE expires_at <= $1', [
        this.clock.now(),
      ]);
    } catch (error) {
      this.logger.warn(`purge of expired idempotency records failed: ${(error as Error).message}`);
    }
  }
}

function rowOf({ platformId, scope, key }: IdempotentRequest): string[] {
  return [platformId, scope, key];
}
