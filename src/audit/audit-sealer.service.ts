import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { UnitOfWork } from '../database/unit-of-work.js';
import { Recurring } from '../shared/recurring.js';
import { CHAIN_VERSION, CHAINED_ENTRY_SQL, type ChainedEntry, GENESIS, linkHash } from './audit-chain.js';
import { AuditKeys } from './audit-keys.service.js';

const INTERVAL_MS = 1_000;
const BATCH = 500;
const PLATFORMS_A_ROUND = 100;
/** First key of the advisory lock ('audt' in ASCII, used for nothing else); the second key is the platform. */
const LOCK = 0x61756474;
const LOCK_PARAMETERS = '$1::int, ($2::bigint % 2147483647)::int';

/** Takes the advisory lock on the platform's chain, until the transaction ends. No process seals entries meanwhile. */
export async function lockChain(tx: EntityManager, platformId: string): Promise<void> {
  await tx.query(`SELECT pg_advisory_xact_lock(${LOCK_PARAMETERS})`, [LOCK, platformId]);
}

/**
 * Appends entries to their platform's hash chain, about a second after they were written. Sealing is asynchronous
 * because appending to a chain serialises transactions.
 */
@Injectable()
export class AuditSealer implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(AuditSealer.name);
  private readonly rounds = new Recurring(
    () => this.sealAll(),
    INTERVAL_MS,
    ({ message }) => {
      this.logger.warn(`sealing the audit trail failed: ${message}`);
    },
  );
  private stopped = false;

  constructor(
    private readonly dataSource: DataSource,
    private readonly unitOfWork: UnitOfWork,
    private readonly keys: AuditKeys,
  ) {}

  onApplicationBootstrap(): void {
    this.rounds.start();
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopped = true;
    await this.rounds.stop();
  }

  /** Seals all waiting entries, of at most `PLATFORMS_A_ROUND` platforms. */
  async sealAll(): Promise<void> {
    const rows = await this.dataSource.query<{ platformId: string }[]>(
      'SELECT DISTINCT platform_id AS "platformId" FROM audit_unsealed LIMIT $1',
      [PLATFORMS_A_ROUND],
    );
    if (rows.length === 0) return;
    const known = await this.keys.get();
    if (known === null)
      throw new Error('the key of the audit chains is missing: restore the row of audit_keys');
    for (const { platformId } of rows)
      while (await this.sealSome(platformId, known.key)) if (this.stopped) return;
  }

  /** Seals a batch of one platform. Resolves to whether there may be more. */
  private async sealSome(platformId: string, key: Buffer): Promise<boolean> {
    return this.unitOfWork.run(async (tx) => {
      const [lock] = await tx.query<[{ taken: boolean }]>(
        `SELECT pg_try_advisory_xact_lock(${LOCK_PARAMETERS}) AS taken`,
        [LOCK, platformId],
      );
      // Another process seals this platform.
      if (!lock.taken) return false;
      const entries = await waiting(tx, platformId);
      if (entries.length > 0) await link(tx, platformId, entries, key);
      return entries.length === BATCH;
    });
  }
}

interface Waiting {
  id: string;
  entry: ChainedEntry;
}

async function waiting(tx: EntityManager, platformId: string): Promise<Waiting[]> {
  return tx.query<Waiting[]>(
    `SELECT e.id, ${CHAINED_ENTRY_SQL} AS entry
     FROM (SELECT * FROM audit_unsealed WHERE platform_id = $1 ORDER BY entry_id LIMIT $2) u
     CROSS JOIN LATERAL (SELECT * FROM audit_entries
       WHERE platform_id = u.platform_id AND id = u.entry_id LIMIT 1) e
     ORDER BY u.entry_id`,
    [platformId, BATCH],
  );
}

async function link(
  tx: EntityManager,
  platformId: string,
  entries: readonly Waiting[],
  key: Buffer,
): Promise<void> {
  const heads = await tx.query<{ position: string; hash: Buffer }[]>(
    'SELECT position, hash FROM audit_seals WHERE platform_id = $1 ORDER BY position DESC LIMIT 1',
    [platformId],
  );
  let hash = heads[0]?.hash ?? GENESIS;
  const hashes = entries.map(({ entry }) => (hash = linkHash(key, hash, entry)));
  const ids = entries.map(({ id }) => id);
  await tx.query(
    `INSERT INTO audit_seals (platform_id, position, entry_id, version, hash)
     SELECT $1::bigint, $2::bigint + link.number, link.entry_id, ${CHAIN_VERSION}, link.hash
     FROM unnest($3::bigint[], $4::bytea[]) WITH ORDINALITY AS link(entry_id, hash, number)`,
    [platformId, heads[0]?.position ?? '0', ids, hashes],
  );
  await tx.query('DELETE FROM audit_unsealed WHERE platform_id = $1 AND entry_id = ANY($2::bigint[])', [
    platformId,
    ids,
  ]);
}
