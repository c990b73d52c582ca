import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Environment } from '../config/env.js';
import { SEALED } from '../database/sealed-columns.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { AuditKey } from '../entities/audit-key.entity.js';
import { Clock } from '../shared/clock.js';
import { SealedBox } from '../shared/sealed-box.js';

const KEY_BYTES = 32;
const KEY_ID = 1;
/** Key of the advisory lock ('audk' in ASCII, used for nothing else). */
const CREATION_LOCK = 0x6175646b;

/** The data that links of the chains are verified with. */
export interface ChainKey {
  /** The HMAC-SHA-256 key. */
  key: Buffer;
  /** The last link of version 1, by platform id; later links of version 1 are forged. */
  legacy: ReadonlyMap<string, { position: number; hash: Buffer }>;
}

/** The encrypted content. */
interface SealedKey {
  key: string;
  legacy: Record<string, [position: number, hash: string]>;
}

/**
 * The key of the audit chains. It is random and stored encrypted under a key derived from the pepper, so that it can be
 * neither read nor replaced with database access alone. It is created once, together with the heads of the chains at
 * that time, which are encrypted with it.
 */
@Injectable()
export class AuditKeys {
  private readonly box: SealedBox;
  private known: Promise<ChainKey | null> | undefined;

  constructor(
    env: Environment,
    private readonly dataSource: DataSource,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {
    this.box = new SealedBox(env.secretPeppers, SEALED.auditKey.purpose);
  }

  /**
   * `null`: the key is missing, but links made with it exist.
   * @throws Error when it cannot be decrypted with the pepper
   */
  async get(): Promise<ChainKey | null> {
    this.known ??= this.load();
    try {
      const key = await this.known;
      if (key === null) this.known = undefined;
      return key;
    } catch (error) {
      this.known = undefined;
      throw error;
    }
  }

  private async load(): Promise<ChainKey | null> {
    const row = await this.dataSource.manager.findOneBy(AuditKey, { id: KEY_ID });
    return row === null ? this.create() : this.open(row);
  }

  /** Creates the key once. When links of version 2 exist, the key was lost, and a new key would hide the loss. */
  private async create(): Promise<ChainKey | null> {
    return this.unitOfWork.run(async (tx) => {
      // Mutual exclusion of processes that create the key. Links are not excluded: a process needs the key to add one.
      await tx.query('SELECT pg_advisory_xact_lock($1)', [CREATION_LOCK]);
      const row = await tx.findOneBy(AuditKey, { id: KEY_ID });
      if (row !== null) return this.open(row);
      const [{ keyed }] = await tx.query<[{ keyed: boolean }]>(
        'SELECT EXISTS (SELECT 1 FROM audit_seals WHERE version = 2) AS keyed',
      );
      if (keyed) return null;
      const content: SealedKey = { key: randomBytes(KEY_BYTES).toString('base64'), legacy: await heads(tx) };
      const sealed = this.box.seal(JSON.stringify(content), [String(KEY_ID)]);
      const made = { id: KEY_ID, sealed, createdAt: this.clock.now() };
      await tx.insert(AuditKey, made);
      return this.open(made);
    });
  }

  private open({ sealed }: Pick<AuditKey, 'sealed'>): ChainKey {
    const { key, legacy } = JSON.parse(this.box.open(sealed, [String(KEY_ID)])) as SealedKey;
    const entries = Object.entries(legacy).map(
      ([platformId, [position, hash]]) => [platformId, { position, hash: Buffer.from(hash, 'hex') }] as const,
    );
    return { key: Buffer.from(key, 'base64'), legacy: new Map(entries) };
  }
}

async function heads(tx: EntityManager): Promise<SealedKey['legacy']> {
  const rows = await tx.query<{ platformId: string; position: string; hash: Buffer }[]>(
    `SELECT p.id AS "platformId", head.position, head.hash FROM platforms p
      CROSS JOIN LATERAL (SELECT position, hash FROM audit_seals
        WHERE platform_id = p.id ORDER BY position DESC LIMIT 1) head`,
  );
  return Object.fromEntries(
    rows.map(({ platformId, position, hash }) => [platformId, [Number(position), hash.toString('hex')]]),
  );
}
