import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, IsNull, MoreThan } from 'typeorm';
import type { AuditContext } from '../audit/audit-context.js';
import { AuditTrail } from '../audit/audit-trail.service.js';
import { ChangeFeed } from '../database/change-feed.service.js';
import { listPage } from '../database/listing.js';
import { Credential, type CredentialKind } from '../entities/credential.entity.js';
import {
  type IdempotentCommand,
  IdempotentTransaction,
} from '../idempotency/idempotent-transaction.service.js';
import { AppError } from '../shared/app-error.js';
import { Clock } from '../shared/clock.js';
import { randomToken } from '../shared/ids.js';
import type { ListQuery, Page } from '../shared/listing.js';
import type { Quota } from '../shared/quota.js';
import { type TenantObject, toTenantId } from '../shared/object-id.js';
import { CREDENTIAL_LIST } from './credential-list.js';
import { rateLimitOf } from './credential-lookup.js';
import { KEY_PREFIX } from './credential-authenticator.service.js';
import { toOpaqueToken } from './opaque-token.js';
import { SecretHasher } from './secret-hasher.js';

const KEY_BYTES = 16;
const SECRET_BYTES = 32;
/** Seconds for which the previous secret stays valid after a rotation, unless the request names another time. */
export const DEFAULT_OVERLAP_SECONDS = 24 * 60 * 60;
export const MAX_OVERLAP_SECONDS = 30 * 24 * 60 * 60;

export interface NewCredential {
  platformId: string;
  kind: CredentialKind;
  /** Display name. */
  name: string;
  /** `owner` only: the customer it belongs to. */
  customerId: string | null;
  /** `admin` only. */
  adminId: string | null;
  scopes: readonly string[];
  expiresAt: Date | null;
  /** `null`: any. */
  allowedCurrencies: readonly string[] | null;
  /** CIDR blocks; `null`: from anywhere. */
  allowedNetworks: readonly string[] | null;
}

/** A credential as responses show it: never with its secret. */
export interface CredentialView {
  platformId: string;
  id: string;
  kind: CredentialKind;
  name: string;
  key: string;
  customerId: string | null;
  adminId: string | null;
  scopes: string[];
  allowedCurrencies: string[] | null;
  allowedNetworks: string[] | null;
  rateLimit: number | null;
  rateLimitWindowSeconds: number | null;
  createdAt: Date;
  expiresAt: Date | null;
  revokedAt: Date | null;
  rotatedAt: Date | null;
  /** Expiry of the previous secret after a rotation. */
  previousSecretExpiresAt: Date | null;
  lastUsedAt: Date | null;
}

/** A credential with its secret, which is shown once. */
export interface IssuedCredential extends CredentialView {
  secret: string;
}

/** Names a credential by its id or by its key. With `customerId`, a credential of another customer is not found. */
export type CredentialName = (TenantObject | Pick<Credential, 'platformId' | 'key'>) & {
  customerId?: string;
};

/** Issues, lists, rotates and revokes keys and secrets. */
@Injectable()
export class CredentialAdministration {
  constructor(
    private readonly dataSource: DataSource,
    private readonly transaction: IdempotentTransaction,
    private readonly trail: AuditTrail,
    private readonly feed: ChangeFeed,
    private readonly hasher: SecretHasher,
    private readonly clock: Clock,
  ) {}

  list(query: ListQuery): Promise<Page<CredentialView>> {
    return listPage<CredentialView>(this.dataSource, CREDENTIAL_LIST, query);
  }

  /** Every key of one customer, in the order of issue. */
  async listOfCustomer(platformId: string, customerId: string): Promise<CredentialView[]> {
    const where = { platformId, customerId, kind: 'owner' as const };
    const rows = await this.dataSource.manager.find(Credential, { where, order: { id: 'ASC' } });
    return rows.map(toView);
  }

  /** The keys of a customer that are neither revoked nor expired. */
  countLive(tx: EntityManager, { platformId, id: customerId }: TenantObject): Promise<number> {
    const live = { platformId, customerId, revokedAt: IsNull() };
    const now = this.clock.now();
    return tx.countBy(Credential, [
      { ...live, expiresAt: IsNull() },
      { ...live, expiresAt: MoreThan(now) },
    ]);
  }

  /** @throws AppError object_not_found */
  async get(name: CredentialName): Promise<CredentialView> {
    const credential = await this.dataSource.manager.findOneBy(Credential, { ...name });
    if (credential === null) throw new AppError('object_not_found');
    return toView(credential);
  }

  /** In its own transaction, for the command line. */
  async issueNew(
    wanted: NewCredential,
    { audit, claim }: IdempotentCommand<IssuedCredential>,
  ): Promise<IssuedCredential> {
    return this.transaction.run(claim, (tx) => this.issue(tx, wanted, audit));
  }

  /** Issues a credential within the caller's transaction. */
  async issue(tx: EntityManager, wanted: NewCredential, audit: AuditContext): Promise<IssuedCredential> {
    const [{ id }] = await tx.query<[{ id: string }]>(`SELECT nextval('credentials_id_seq') AS id`);
    const secret = newSecret();
    const credential = tx.create(Credential, {
      ...wanted,
      id,
      key: toOpaqueToken(KEY_PREFIX, wanted.platformId, randomToken(KEY_BYTES)),
      secretHash: this.hasher.hash(secret),
      previousSecretHash: null,
      previousSecretExpiresAt: null,
      rotatedAt: null,
      lastUsedAt: null,
      rateLimit: null,
      rateLimitWindowSeconds: null,
      revokedAt: null,
      createdAt: this.clock.now(),
      scopes: [...wanted.scopes],
      allowedCurrencies: wanted.allowedCurrencies === null ? null : [...wanted.allowedCurrencies],
      allowedNetworks: wanted.allowedNetworks === null ? null : [...wanted.allowedNetworks],
    });
    await tx.insert(Credential, credential);
    await this.record(tx, 'credential.issued', audit, credential);
    return { ...toView(credential), secret };
  }

  /** Locks credentials, always in the same order. Resolves to them in the order of the names; `null`: not found. */
  async lock(tx: EntityManager, names: readonly CredentialName[]): Promise<(Credential | null)[]> {
    const rows = await tx.find(Credential, {
      where: names.map((name) => ({ ...name })),
      order: { platformId: 'ASC', id: 'ASC' },
      lock: { mode: 'pessimistic_write' },
    });
    return names.map((name) => rows.find((row) => isNamed(row, name)) ?? null);
  }

  /**
   * Issues a new secret. The previous secret stays valid for the overlap, so that clients can change over; a secret
   * still valid from an earlier rotation ends at once.
   * @param credential locked and not revoked
   */
  async rotate(
    tx: EntityManager,
    credential: Credential,
    overlapSeconds: number,
    audit: AuditContext,
  ): Promise<IssuedCredential> {
    const secret = newSecret();
    const now = this.clock.now();
    const change = {
      secretHash: this.hasher.hash(secret),
      previousSecretHash: credential.secretHash,
      previousSecretExpiresAt: new Date(now.getTime() + overlapSeconds * 1_000),
      rotatedAt: now,
    };
    await this.change(tx, credential, change);
    await this.record(tx, 'credential.rotated', audit, credential);
    return { ...toView(credential), secret };
  }

  /**
   * Takes effect on every process within a second.
   * @param rateLimit `null`: the default
   */
  async limitRate(
    tx: EntityManager,
    credential: Credential,
    rateLimit: Quota | null,
    audit: AuditContext,
  ): Promise<CredentialView> {
    const { limit = null, windowSeconds = null } = rateLimit ?? {};
    await this.change(tx, credential, { rateLimit: limit, rateLimitWindowSeconds: windowSeconds });
    await this.record(tx, 'credential.rate_limited', audit, credential);
    return toView(credential);
  }

  /**
   * Takes effect on every process within a second, also for the tokens issued to the credential.
   * @param credential locked and not revoked
   */
  async revoke(tx: EntityManager, credential: Credential, audit: AuditContext): Promise<CredentialView> {
    await this.change(tx, credential, { revokedAt: this.clock.now() });
    await this.record(tx, 'credential.revoked', audit, credential);
    return toView(credential);
  }

  private async change(
    tx: EntityManager,
    credential: Credential,
    change: Partial<Credential>,
  ): Promise<void> {
    const { platformId, id } = credential;
    await tx.createQueryBuilder().update(Credential).set(change).where({ platformId, id }).execute();
    Object.assign(credential, change);
    await this.feed.announce(tx, 'credentials');
  }

  private async record(
    tx: EntityManager,
    action: string,
    audit: AuditContext,
    credential: Credential,
  ): Promise<void> {
    const { platformId, id, kind, name, key, scopes, expiresAt, revokedAt } = credential;
    const { allowedCurrencies, allowedNetworks, previousSecretExpiresAt } = credential;
    const rateLimit = rateLimitOf(credential);
    await this.trail.append(tx, {
      platformId,
      action,
      audit,
      objectId: toTenantId('crd', platformId, id),
      after: {
        kind,
        name,
        key,
        scopes,
        allowedCurrencies,
        allowedNetworks,
        rateLimit,
        expiresAt,
        revokedAt,
        previousSecretExpiresAt,
      },
    });
  }
}

function isNamed(row: Credential, name: CredentialName): boolean {
  const isSame = 'id' in name ? row.id === name.id : row.key === name.key;
  const isOfCustomer = name.customerId === undefined || row.customerId === name.customerId;
  return row.platformId === name.platformId && isSame && isOfCustomer;
}

function newSecret(): string {
  return `vs_${randomToken(SECRET_BYTES)}`;
}

function toView(credential: Credential): CredentialView {
  const { platformId, id, kind, name, key, customerId, adminId, scopes, createdAt } = credential;
  const { allowedCurrencies, allowedNetworks, expiresAt, revokedAt, rotatedAt } = credential;
  const { previousSecretExpiresAt, lastUsedAt, rateLimit, rateLimitWindowSeconds } = credential;
  return {
    platformId,
    id,
    kind,
    name,
    key,
    customerId,
    adminId,
    scopes,
    createdAt,
    allowedCurrencies,
    allowedNetworks,
    rateLimit,
    rateLimitWindowSeconds,
    expiresAt,
    revokedAt,
    rotatedAt,
    previousSecretExpiresAt,
    lastUsedAt,
  };
}
