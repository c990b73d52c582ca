import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { oneAtATime } from '../concurrency/semaphore.js';
import { Clock } from '../shared/clock.js';
import {
  CHAIN_VERSION,
  CHAINED_ENTRY_SQL,
  type ChainedEntry,
  GENESIS,
  legacyLinkHash,
  linkHash,
} from './audit-chain.js';
import { AuditKeys, type ChainKey } from './audit-keys.service.js';

const BATCH = 1_000;
/** An entry that is unsealed for longer than this was removed from the queue. */
const SEALED_WITHIN_MS = 60_000;

export const CHAIN_PROBLEMS = [
  'link_missing',
  'link_downgraded',
  'entry_missing',
  'entry_altered',
  'entry_unsealed',
  'key_missing',
] as const;
export type ChainProblem = (typeof CHAIN_PROBLEMS)[number];

export interface ChainVerdict {
  platformId: string;
  /** Number of valid links, up to the first broken one. */
  verified: number;
  /**
   * The hash of the last valid link, in hexadecimal. A copy kept elsewhere also proves that the end was not truncated.
   */
  head: string;
  /** Number of unsealed entries; the newest entries always are. */
  waiting: number;
  firstBroken: { position: string | null; entryId: string | null; problem: ChainProblem } | null;
}

interface Link {
  position: string;
  entryId: string;
  version: number;
  hash: Buffer;
  entry: ChainedEntry | null;
}

/** Verifies the chains by recomputing their hashes, with bounded memory. */
@Injectable()
export class AuditVerifier {
  private readonly turn = oneAtATime();

  constructor(
    private readonly dataSource: DataSource,
    private readonly keys: AuditKeys,
    private readonly clock: Clock,
  ) {}

  /**
   * One runs at a time per process.
   * @param platformId `null`: every platform
   * @throws AppError service_unavailable when too many wait
   */
  async verify(platformId: string | null): Promise<ChainVerdict[]> {
    return this.turn.run(() => this.verifyChains(platformId));
  }

  private async verifyChains(platformId: string | null): Promise<ChainVerdict[]> {
    const rows = await this.dataSource.query<{ id: string }[]>(
      'SELECT id FROM platforms WHERE $1::bigint IS NULL OR id = $1 ORDER BY id',
      [platformId],
    );
    const verdicts: ChainVerdict[] = [];
    const known = await this.keys.get();
    for (const { id } of rows)
      verdicts.push(known === null ? withoutKey(id) : await this.verifyChain(id, known));
    return verdicts;
  }

  private async verifyChain(platformId: string, known: ChainKey): Promise<ChainVerdict> {
    const legacy = known.legacy.get(platformId);
    let head: Buffer = GENESIS;
    let verified = 0;
    let firstBroken: ChainVerdict['firstBroken'] = null;
    for (let links = await this.linksAfter(platformId, 0); links.length > 0 && firstBroken === null;) {
      for (const link of links) {
        const problem = problemOf(link, { position: verified + 1, head, key: known.key, legacy });
        if (problem !== null) {
          firstBroken = { position: String(verified + 1), entryId: link.entryId, problem };
          break;
        }
        head = link.hash;
        verified += 1;
      }
      links = await this.linksAfter(platformId, verified);
    }
    // The chain ends before the head that was stored with the key, so it was truncated.
    if (firstBroken === null && legacy !== undefined && verified < legacy.position)
      firstBroken = { position: String(verified + 1), entryId: null, problem: 'link_missing' };
    const { waiting, forgotten } = await this.unsealed(platformId);
    if (forgotten !== null) firstBroken ??= { position: null, entryId: forgotten, problem: 'entry_unsealed' };
    return { platformId, verified, head: head.toString('hex'), waiting, firstBroken };
  }

  private async linksAfter(platformId: string, position: number): Promise<Link[]> {
    return this.dataSource.query<Link[]>(
      `SELECT s.position, s.entry_id AS "entryId", s.version, s.hash,
         CASE WHEN e.id IS NULL THEN NULL ELSE ${CHAINED_ENTRY_SQL} END AS entry
       FROM audit_seals s LEFT JOIN audit_entries e ON e.platform_id = s.platform_id AND e.id = s.entry_id
       WHERE s.platform_id = $1 AND s.position > $2 ORDER BY s.position LIMIT $3`,
      [platformId, position, BATCH],
    );
  }

  /** Entries without a link: not sealed yet, or, when older than `SEALED_WITHIN_MS`, removed from the queue. */
  private async unsealed(platformId: string): Promise<{ waiting: number; forgotten: string | null }> {
    const [row] = await this.dataSource.query<[{ waiting: number; forgotten: string | null }]>(
      `SELECT count(*)::int AS waiting, min(e.id) FILTER (WHERE e.occurred_at < $2) AS forgotten
       FROM audit_entries e WHERE e.platform_id = $1 AND NOT EXISTS
         (SELECT 1 FROM audit_seals s WHERE s.platform_id = e.platform_id AND s.entry_id = e.id)`,
      [platformId, new Date(this.clock.now().getTime() - SEALED_WITHIN_MS)],
    );
    return row;
  }
}

interface Expected {
  position: number;
  head: Buffer;
  key: Buffer;
  /** The last link of version 1, if the platform had any. */
  legacy: { position: number; hash: Buffer } | undefined;
}

function problemOf(link: Link, { position, head, key, legacy }: Expected): ChainProblem | null {
  if (link.position !== String(position)) return 'link_missing';
  const isLegacy = legacy !== undefined && position <= legacy.position;
  if ((link.version === CHAIN_VERSION) === isLegacy) return 'link_downgraded';
  if (link.entry === null) return 'entry_missing';
  const hash = isLegacy ? legacyLinkHash(head, link.entry) : linkHash(key, head, link.entry);
  const isSealed = legacy?.position !== position || legacy.hash.equals(link.hash);
  return hash.equals(link.hash) && isSealed ? null : 'entry_altered';
}

function withoutKey(platformId: string): ChainVerdict {
  const firstBroken = { position: null, entryId: null, problem: 'key_missing' as const };
  return { platformId, verified: 0, head: GENESIS.toString('hex'), waiting: 0, firstBroken };
}
