import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AppError } from '../../shared/app-error.js';
import { Clock } from '../../shared/clock.js';
import { ledgerRows } from './ledger-rows.js';
import { PlatformReplay, type ReplayCounts } from './platform-replay.js';
import { inSnapshot } from './snapshot.js';
import { LedgerFindings, type LedgerVerdict } from './verification.js';

export interface VerifyOptions {
  /** `null`: every platform. */
  platformId: string | null;
  /** Called regularly with the number of entries done and the estimated total. */
  onProgress?: (done: number, total: number) => void;
  /** Called as often as `onProgress`; `true` ends the verification with VerificationCancelled. */
  isCancelled?: () => boolean;
}

/** The verification was cancelled through `isCancelled`. */
export class VerificationCancelled extends AppError {
  constructor() {
    super('service_unavailable');
  }
}

interface PlatformRow {
  id: string;
  /** Whether the platform exists; `false`: only rows of other tables refer to it. */
  isKnown: boolean;
}

/** The next platform id that any ledger table refers to: one index lookup per table. */
const NEXT_PLATFORM_SQL = `SELECT next.id, EXISTS (SELECT FROM platforms p WHERE p.id = next.id) AS "isKnown"
  FROM (SELECT LEAST(
    (SELECT min(id) FROM platforms WHERE id > $1::bigint),
    (SELECT min(platform_id) FROM accounts WHERE platform_id > $1::bigint),
    (SELECT min(platform_id) FROM balances WHERE platform_id > $1::bigint),
    (SELECT min(platform_id) FROM transfers WHERE platform_id > $1::bigint),
    (SELECT min(platform_id) FROM holds WHERE platform_id > $1::bigint)) AS id) next
  WHERE next.id IS NOT NULL`;

/**
 * Replays every transfer and compares the result with the stored balances. All rows are read in one snapshot, which
 * does not block postings, in short statements and in index order, so that only the current page of each table is in
 * memory.
 */
@Injectable()
export class LedgerVerifier {
  private isRunning = false;
  private last: LedgerVerdict | null = null;

  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  /** The last verdict of this process on all platforms; `null`: none since it started. */
  lastVerdict(): LedgerVerdict | null {
    return this.last;
  }

  /**
   * Runs one verification at a time per process.
   * @throws AppError transition_not_allowed while another verification runs, object_not_found for an unknown platform
   * @throws VerificationCancelled
   */
  async verify(options: VerifyOptions): Promise<LedgerVerdict> {
    if (this.isRunning) throw new AppError('transition_not_allowed', { state: 'verifying', allowedActs: [] });
    this.isRunning = true;
    try {
      const verdict = await inSnapshot(this.dataSource, (tx) => this.verifyWithin(tx, options));
      if (options.platformId === null) this.last = verdict;
      return verdict;
    } finally {
      this.isRunning = false;
    }
  }

  private async verifyWithin(tx: EntityManager, options: VerifyOptions): Promise<LedgerVerdict> {
    const { platformId, onProgress, isCancelled } = options;
    const [startedAt, began] = [this.clock.now(), performance.now()];
    const total = await estimatedEntries(tx, platformId);
    const findings = new LedgerFindings();
    const tally: ReplayCounts = { transfers: 0, accounts: 0, holds: 0, entries: 0 };
    const tick = (): void => {
      if (isCancelled?.() === true) throw new VerificationCancelled();
      onProgress?.(tally.entries, Math.max(total, tally.entries));
    };
    for await (const { id, isKnown } of platformsOf(tx, platformId)) {
      if (!isKnown) findings.add('platform_missing', id, {}, ['a platform', 'none']);
      await new PlatformReplay(id, ledgerRows(tx, id), findings, tally, tick).run();
    }
    const { transfers, accounts, holds } = tally;
    return {
      platformId,
      clean: findings.count === 0,
      transfers,
      accounts,
      holds,
      problems: findings.count,
      firstProblems: findings.first,
      startedAt,
      durationMs: Math.round(performance.now() - began),
    };
  }
}

/** @throws AppError object_not_found */
async function* platformsOf(tx: EntityManager, platformId: string | null): AsyncGenerator<PlatformRow> {
  if (platformId !== null) {
    const rows = await tx.query<unknown[]>('SELECT FROM platforms WHERE id = $1', [platformId]);
    if (rows.length === 0) throw new AppError('object_not_found');
    yield { id: platformId, isKnown: true };
    return;
  }
  for (let after = '-9223372036854775808'; ;) {
    const [next] = await tx.query<PlatformRow[]>(NEXT_PLATFORM_SQL, [after]);
    if (next === undefined) return;
    yield next;
    after = next.id;
  }
}

/** The planner's estimate of the number of entries: an exact count would take too long. */
async function estimatedEntries(tx: EntityManager, platformId: string | null): Promise<number> {
  const where = platformId === null ? '' : 'WHERE platform_id = $1';
  const [row] = await tx.query<[{ 'QUERY PLAN': [{ Plan: { 'Plan Rows': number } }] }]>(
    `EXPLAIN (FORMAT JSON) SELECT FROM transfers ${where}`,
    platformId === null ? [] : [platformId],
  );
  return 2 * row['QUERY PLAN'][0].Plan['Plan Rows'];
}
