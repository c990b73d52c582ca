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
  /** Owner of the key: `credential:<id>` or `session:<id>`. */
  scope: string;
  key: string;
  /** SHA-256 of the request. */
  fingerprint: Buffer;
}

/** What an act must record beside its effect: the request, and the answer that its result will be given. */
export interface Claim<View> extends IdempotentRequest {
  storedResponseOf(view: View): string;
}

/** A request with the answer that it got. */
export interface AnsweredRequest {
  request: IdempotentRequest;
  storedResponse: string;
}

/** Another request won this key while ours was under way; its answer is recorded by now. */
export class ClaimLost extends Error {}

export interface FoundRecord {
  sameRequest: boolean;
  storedResponse: string;
}

/** A row of `idempotency_records`; `receipt` is the encrypted stored response. */
type RecordRow = IdempotentRequest & { receipt: Buffer };

/**
 * Columns that `claimSql` reads of each row. The platform is that of the caller: an admin's key belongs to the system
 * tenant, for objects of any platform.
 */
export const RECORD_COLUMNS: readonly RowColumn<RecordRow | null>[] = [
  { name: 'claim_platform_id', type: 'bigint', of: (row) => row?.platformId ?? null },
  { name: 'scope', type: 'text', of: (row) => row?.scope ?? null },
  { name: 'key', type: 'text', of: (row) => row?.key ?? null },
  { name: 'fingerprint', type: 'bytea', of: (row) => row?.fingerprint ?? null },
  { name: 'receipt', type: 'bytea', of: (row) => row?.receipt ?? null },
];

/**
 * SQL that claims the keys of rows, and takes over expired records of the same keys; returns what it claimed. Two
 * rows of one key make it fail.
 * @param from what the rows are read from
 * @param at place of the parameter that holds the time, of which `expiresAt` is the one 24 hours later
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

/** As it is kept. */
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
  // The time is looked at outside: inside, the planner may go through all that have not expired yet.
  from: `CROSS JOIN LATERAL (SELECT * FROM idempotency_records
      WHERE platform_id = wanted.platform_id AND scope = wanted.scope AND key = wanted.key LIMIT 1) record
    WHERE record.expires_at > $1`,
});

const CLAIM = prepare('claim-idempotency-keys', claimSql(rowsSql(RECORD_COLUMNS, 3, 'claim'), '$1', '$2'));

/**
 * The first answer to each idempotent request.
 *
 * A record is written in the transaction of the effect it belongs to, so neither exists without the other.
 * A concurrent winner waits in its own claim until that transaction ends, and then loses or goes on.
 * Receipts are sealed with a key of the server's pepper, bound to their row.
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

  /** The record of this key, unless it expired. */
  async find(request: IdempotentRequest): Promise<FoundRecord | null> {
    return this.toFound(request, await this.records.find(request));
  }

  /** The same for several, in their order. Give `tx` as `on` inside a transaction. */
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
   * Claims the key inside the act's transaction.
   * @throws ClaimLost when another request holds it; roll back and look at its record.
   */
  async claim(tx: EntityManager, request: IdempotentRequest, storedResponse: string): Promise<void> {
    const [isClaimed] = await this.claimMany(tx, [{ request, storedResponse }]);
    if (!isClaimed) throw new ClaimLost();
  }

  /** Claims the keys of several requests, no two the same. Resolves to whether each was claimed. */
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

  /** The first parameters of a statement with `claimSql`: now, and when a record of now expires. */
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

/** A name of the key that is unique over all platforms and scopes. It contains no space itself. */
export function keyNameOf({ platformId, scope, key }: Omit<IdempotentRequest, 'fingerprint'>): string {
  return `key ${platformId} ${scope} ${key}`;
}

function rowOf({ platformId, scope, key }: IdempotentRequest): string[] {
  return [platformId, scope, key];
}
