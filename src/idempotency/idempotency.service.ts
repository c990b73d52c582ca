import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource, EntityManager } from 'typeorm';
import { Environment } from '../config/env.js';
import { SEALED } from '../database/sealed-columns.js';
import { BatchedLookup, defineLookup } from '../database/batched-lookup.js';
import { prepare, runPrepared } from '../database/prepared.js';
import { PLATFORM_ID, type RowColumn, rowsParameters, rowsSql } from '../database/row-columns.js';
import { Clock } from '../shared/clock.js';
import { SealedBox } from '../shared/sealed-box.js';

const KEPT_MS = 24 * 60 * 60 * 1000;
const PURGE_INTERVAL_MS = 10 * 60 * 1000;

/** One request under its `Idempotency-Key`. */
export interface IdempotentRequest {
  platformId: string;
  /** The owner of the key: `credential:<id>` or `session:<id>`. */
  scope: string;
  key: string;
  /** SHA-256 of the request. */
  fingerprint: Buffer;
}

/** The idempotency record to write with an effect: the request, and how the response is made of the result. */
export interface Claim<View> extends IdempotentRequest {
  storedResponseOf(view: View): string;
}

/** A request with its stored response. */
export interface AnsweredRequest {
  request: IdempotentRequest;
  storedResponse: string;
}

/** Another request with the same key committed first; its response is stored. */
export class ClaimLost extends Error {}

export interface FoundRecord {
  sameRequest: boolean;
  storedResponse: string;
}

/** A row of `idempotency_records`; `receipt` is the encrypted stored response. */
type RecordRow = IdempotentRequest & { receipt: Buffer };

/**
 * The columns that `claimSql` reads. The platform is the caller's: an admin's key always belongs to the system tenant.
 */
export const RECORD_COLUMNS: readonly RowColumn<RecordRow | null>[] = [
  { name: 'claim_platform_id', type: 'bigint', of: (row) => row?.platformId ?? null },
  { name: 'scope', type: 'text', of: (row) => row?.scope ?? null },
  { name: 'key', type: 'text', of: (row) => row?.key ?? null },
  { name: 'fingerprint', type: 'bytea', of: (row) => row?.fingerprint ?? null },
  { name: 'receipt', type: 'bytea', of: (row) => row?.receipt ?? null },
];

/**
 * SQL that inserts the idempotency records of the rows with a non-null `key`, and replaces expired records with the
 * same keys. Returns the keys that it claimed. Two rows with the same key make the statement fail.
 * @param from FROM item of the rows
 * @param at placeholder of the time
 * @param expiresAt placeholder of the time 24 hours later
 */
export function claimSql(from: string, at: string, expiresAt: string): string {
  return `INSERT INTO idempotency_records AS record
  (platform_id, scope, key, fingerprint, receipt, created_at, expires_at)
  SELECT claim_platform_id, scope, key, fingerprint, receipt, ${at}::timestamptz, ${expiresAt}::timestamptz FROM ${from}
  WHERE key IS NOT NULL ORDER BY claim_platform_id, scope, key
  ON CONFLICT (platform_id, scope, key) DO UPDATE SET
    fingerprint = excluded.fingerprint, receipt = excluded.receipt,
    created_at = excluded.created_at, expires_at = excluded.expires_at
  WHERE record.expires_at <= excluded.created_at
  RETURNING platform_id, scope, key`;
}

type KeptRecord = Pick<RecordRow, 'fingerprint' | 'receipt'>;

const BY_KEY = defineLookup<IdempotentRequest>({
  name: 'find-idempotency-record',
  takesTime: true,
  keys: [
    PLATFORM_ID,
    { name: 'scope', type: 'text', of: ({ scope }) => scope },
    { name: 'key', type: 'text', of: ({ key }) => key },
  ],
  select: 'record.fingerprint, record.receipt',
  // The expiry is compared outside the subquery: inside, the planner may scan the index on expires_at instead.
  from: `CROSS JOIN LATERAL (SELECT * FROM idempotency_records
      WHERE platform_id = wanted.platform_id AND scope = wanted.scope AND key = wanted.key LIMIT 1) record
    WHERE record.expires_at > $1`,
});

const CLAIM = prepare('claim-idempotency-keys', claimSql(rowsSql(RECORD_COLUMNS, 3, 'claim'), '$1', '$2'));

/**
 * Stores and finds the first response to each idempotent request.
 *
 * A record is written in the transaction of its effect, so neither exists without the other. A concurrent insert of the
 * same key waits until that transaction ends: it loses when the transaction commits, and succeeds when it rolls back.
 * Stored responses are encrypted with a key derived from the server's pepper and bound to their row.
 */
@Injectable()
export class IdempotencyService implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(IdempotencyService.name);
  private readonly box: SealedBox;
  private purgeTimer: NodeJS.Timeout | undefined;
  private readonly records: BatchedLookup<IdempotentRequest, KeptRecord>;

  constructor(
    env: Environment,
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {
    this.box = new SealedBox(env.secretPeppers, SEALED.receipt.purpose);
    this.records = new BatchedLookup(dataSource, BY_KEY, () => clock.now());
  }

  /** The record with this key; `null`: there is none, or it has expired. */
  async find(request: IdempotentRequest): Promise<FoundRecord | null> {
    return this.toFound(request, await this.records.find(request));
  }

  /** `find` for several requests, in their order. @param on the transaction, when called inside one */
  async findMany(
    requests: readonly IdempotentRequest[],
    on?: EntityManager,
  ): Promise<(FoundRecord | null)[]> {
    const records = await this.records.findMany(requests, on);
    return requests.map((request, index) => this.toFound(request, records[index] ?? null));
  }

  private toFound(request: IdempotentRequest, record: KeptRecord | null): FoundRecord | null {
    if (record === null) return null;
    const sameRequest = record.fingerprint.equals(request.fingerprint);
    return { sameRequest, storedResponse: sameRequest ? this.box.open(record.receipt, rowOf(request)) : '' };
  }

  /**
   * Inserts the record inside the transaction of the effect.
   * @throws ClaimLost when another request holds the key; the caller must roll back and read that request's record
   */
  async claim(tx: EntityManager, request: IdempotentRequest, storedResponse: string): Promise<void> {
    const [isClaimed] = await this.claimMany(tx, [{ request, storedResponse }]);
    if (!isClaimed) throw new ClaimLost();
  }

  /** Inserts the records of several requests with distinct keys. Resolves to whether each key was claimed. */
  async claimMany(tx: EntityManager, answered: readonly AnsweredRequest[]): Promise<boolean[]> {
    const rows = answered.map((one) => ({ ...one.request, receipt: this.seal(one) }));
    const parameters = [...this.times(), ...rowsParameters(RECORD_COLUMNS, rows)];
    const claimed = await runPrepared<{ platform_id: string; scope: string; key: string }>(
      tx,
      CLAIM,
      parameters,
    );
    const names = new Set(
      claimed.map(({ platform_id: platformId, scope, key }) => keyNameOf({ platformId, scope, key })),
    );
    return answered.map(({ request }) => names.has(keyNameOf(request)));
  }

  /** The time and expiry parameters of `claimSql`. */
  times(): [now: Date, expiresAt: Date] {
    const now = this.clock.now();
    return [now, new Date(now.getTime() + KEPT_MS)];
  }

  /** The encrypted stored response, for the column `receipt`. */
  seal({ request, storedResponse }: AnsweredRequest): Buffer {
    return this.box.seal(storedResponse, rowOf(request));
  }

  onApplicationBootstrap(): void {
    this.purgeTimer = setInterval(() => void this.purge(), PURGE_INTERVAL_MS);
    this.purgeTimer.unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.purgeTimer);
  }

  /** Deletes expired records. It only frees space: `find` ignores expired records. */
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

/** A string that identifies an idempotency key across all platforms and scopes. */
export function keyNameOf({ platformId, scope, key }: Omit<IdempotentRequest, 'fingerprint'>): string {
  return `key ${platformId} ${scope} ${key}`;
}

function rowOf({ platformId, scope, key }: IdempotentRequest): string[] {
  return [platformId, scope, key];
}
