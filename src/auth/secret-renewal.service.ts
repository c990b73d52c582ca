import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { DataSource } from 'typeorm';
import type { CredentialRow } from './credential-lookup.js';
import { SecretHasher } from './secret-hasher.js';

const MAX_RENEWED = 100_000;

type Column = 'secret_hash' | 'previous_secret_hash';
type Name = Pick<CredentialRow, 'platformId' | 'id'>;

/**
 * Rehashes secrets under the newest pepper when they are used, because only then is the plain secret known. The request
 * does not wait for it.
 */
@Injectable()
export class SecretRenewal implements OnApplicationShutdown {
  private readonly logger = new Logger(SecretRenewal.name);
  /** Hashes renewed already: cached rows keep the hash that they were read with. */
  private readonly renewed = new LRUCache<string, true>({ max: MAX_RENEWED });
  private readonly pending = new Set<Promise<void>>();

  constructor(
    private readonly dataSource: DataSource,
    private readonly hasher: SecretHasher,
  ) {}

  /**
   * @param secret a valid secret of the credential
   * @param previous the hash of the secret before the last rotation, while it is still valid
   */
  record(
    credential: Pick<CredentialRow, 'platformId' | 'id' | 'secretHash'>,
    secret: string,
    previous: Buffer | null,
  ): void {
    this.renew('secret_hash', credential, secret, credential.secretHash);
    if (previous !== null) this.renew('previous_secret_hash', credential, secret, previous);
  }

  private renew(
    column: Column,
    credential: Name,
    ...[secret, hashed]: [secret: string, hashed: Buffer]
  ): void {
    if (this.hasher.isCurrent(hashed)) return;
    const name = `${column} ${hashed.toString('base64')}`;
    const hash = this.renewed.has(name) ? null : this.hasher.renewed(secret, hashed);
    if (hash === null) return;
    this.renewed.set(name, true);
    const work = this.write(column, credential, { hashed, hash }).finally(() => this.pending.delete(work));
    this.pending.add(work);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.settled();
  }

  /** Resolves when no write is in progress. */
  async settled(): Promise<void> {
    await Promise.all(this.pending);
  }

  /** Unless the secret was rotated in the meantime. */
  private async write(
    column: Column,
    { platformId, id }: Name,
    { hashed, hash }: { hashed: Buffer; hash: Buffer },
  ): Promise<void> {
    try {
      await this.dataSource.query(
        `UPDATE credentials SET ${column} = $4 WHERE platform_id = $1 AND id = $2 AND ${column} = $3`,
        [platformId, id, hashed, hash],
      );
    } catch (error) {
      // The next process that sees the key retries.
      this.logger.warn(
        `the secret of a key could not be rehashed under the newest pepper: ${(error as Error).message}`,
      );
    }
  }
}
