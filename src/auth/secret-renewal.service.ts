import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { DataSource } from 'typeorm';
import type { CredentialRow } from './credential-lookup.js';
import { SecretHasher } from './secret-hasher.js';

const MAX_RENEWED = 100_000;
const COLUMNS = { secretHash: 'secret_hash', previousSecretHash: 'previous_secret_hash' } as const;

type Hashes = Pick<CredentialRow, 'platformId' | 'id' | keyof typeof COLUMNS>;

/**
 * Hashes secrets anew under the newest pepper when they are used: only then are they known. Beside the call, which does
 * not wait for it.
 */
@Injectable()
export class SecretRenewal implements OnApplicationShutdown {
  private readonly logger = new Logger(SecretRenewal.name);
  /** Cached rows keep the hash that they were read with. */
  private readonly renewed = new LRUCache<string, true>({ max: MAX_RENEWED });
  private readonly pending = new Set<Promise<void>>();

  constructor(
    private readonly dataSource: DataSource,
    private readonly hasher: SecretHasher,
  ) {}

  /** @param secret one of the credential's own */
  note(credential: Hashes, secret: string): void {
    for (const [field, column] of Object.entries(COLUMNS)) {
      const hashed = credential[field as keyof typeof COLUMNS];
      if (hashed === null || this.hasher.isCurrent(hashed)) continue;
      const name = `${column} ${hashed.toString('base64')}`;
      const hash = this.renewed.has(name) ? null : this.hasher.renewed(secret, hashed);
      if (hash === null) continue;
      this.renewed.set(name, true);
      const work = this.write(column, credential, { hashed, hash }).finally(() => this.pending.delete(work));
      this.pending.add(work);
    }
  }

  async onApplicationShutdown(): Promise<void> {
    await this.settled();
  }

  /** Resolves when nothing is being written. */
  async settled(): Promise<void> {
    await Promise.all(this.pending);
  }

  /** Unless the secret was rotated meanwhile. */
  private async write(
    column: (typeof COLUMNS)[keyof typeof COLUMNS],
    { platformId, id }: Hashes,
    { hashed, hash }: { hashed: Buffer; hash: Buffer },
  ): Promise<void> {
    try {
      await this.dataSource.query(
        `UPDATE credentials SET ${column} = $4 WHERE platform_id = $1 AND id = $2 AND ${column} = $3`,
        [platformId, id, hashed, hash],
      );
    } catch (error) {
      // The next process that meets the key tries again.
      this.logger.warn(`the secret of a key could not be hashed anew: ${(error as Error).message}`);
    }
  }
}
