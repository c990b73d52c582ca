import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { ChangeFeed } from '../database/change-feed.service.js';
import { KeyedCache } from '../database/keyed-cache.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { Credential, type CredentialKind } from '../entities/credential.entity.js';
import { Clock } from '../shared/clock.js';
import { randomToken } from '../shared/ids.js';
import type { Caller } from './caller.js';
import { parseOpaqueToken, toOpaqueToken } from './opaque-token.js';
import { SecretHasher } from './secret-hasher.js';

export const KEY_PREFIX = 'vk';
const KEY_BYTES = 16;
const SECRET_BYTES = 32;

export interface NewCredential {
  platformId: string;
  kind: CredentialKind;
  /** `owner` only: the customer it belongs to. */
  customerId: string | null;
  scopes: readonly string[];
  expiresAt: Date | null;
}

export interface IssuedCredential {
  id: string;
  key: string;
  /** Shown once; only its hash is kept. */
  secret: string;
}

/** Keys and secrets: issuing, revoking, and telling whose they are. */
@Injectable()
export class CredentialsService {
  private readonly cache: KeyedCache<Credential>;

  constructor(
    private readonly dataSource: DataSource,
    private readonly unitOfWork: UnitOfWork,
    private readonly feed: ChangeFeed,
    private readonly hasher: SecretHasher,
    private readonly clock: Clock,
  ) {
    this.cache = new KeyedCache(feed, 'credentials');
  }

  /**
   * Who presents this key and secret; `null` when the key is unknown, revoked or expired, or the secret wrong:
   * one answer, in the same time.
   */
  async authenticate(key: string, secret: string): Promise<Caller | null> {
    const platformId = parseOpaqueToken(KEY_PREFIX, key)?.platformId;
    const credential = platformId === undefined ? null : await this.findByKey(platformId, key);
    const proven = this.hasher.matches(secret, credential?.secretHash ?? null);
    return proven && credential !== null ? this.toCaller(credential) : null;
  }

  /** The caller behind a token that was issued to this credential, while it is in force. */
  async findCaller(platformId: string, credentialId: string): Promise<Caller | null> {
    const credential = await this.cache.get(`id ${platformId} ${credentialId}`, () =>
      this.dataSource.manager.findOneBy(Credential, { platformId, id: credentialId }),
    );
    return credential === null ? null : this.toCaller(credential);
  }

  async issue(tx: EntityManager, wanted: NewCredential): Promise<IssuedCredential> {
    const [{ id }] = await tx.query<[{ id: string }]>(`SELECT nextval('credentials_id_seq') AS id`);
    const key = toOpaqueToken(KEY_PREFIX, wanted.platformId, randomToken(KEY_BYTES));
    const secret = `vs_${randomToken(SECRET_BYTES)}`;
    await tx.insert(Credential, {
      ...wanted,
      ...{ id, key, secretHash: this.hasher.hash(secret), scopes: [...wanted.scopes] },
      ...{ revokedAt: null, createdAt: this.clock.now() },
    });
    return { id, key, secret };
  }

  /** In force on every process within a second. */
  async revoke(platformId: string, credentialId: string): Promise<void> {
    await this.unitOfWork.run(async (tx) => {
      await tx.update(Credential, { platformId, id: credentialId }, { revokedAt: this.clock.now() });
      await this.feed.announce(tx, 'credentials');
    });
  }

  private async findByKey(platformId: string, key: string): Promise<Credential | null> {
    return this.cache.get(`key ${key}`, () =>
      this.dataSource.manager.findOneBy(Credential, { platformId, key }),
    );
  }

  private toCaller(credential: Credential): Caller | null {
    const { platformId, id, kind, customerId, scopes, expiresAt, revokedAt } = credential;
    if (revokedAt !== null) return null;
    if (expiresAt !== null && expiresAt <= this.clock.now()) return null;
    return {
      ...{ platformId, kind, customerId, workspaceId: null },
      id: `credential:${id}`,
      scopes: new Set(scopes),
    };
  }
}
