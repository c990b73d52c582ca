import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ChangeFeed } from '../database/change-feed.service.js';
import { BatchedLookup } from '../database/batched-lookup.js';
import { KeyedCache } from '../database/keyed-cache.js';
import type { Credential } from '../entities/credential.entity.js';
import { Clock } from '../shared/clock.js';
import { toTenantId } from '../shared/object-id.js';
import { type AuthenticationFailure, type Caller, SCOPES_OF_ROLE, suspensionOf } from './caller.js';
import { CREDENTIAL_BY_ID, CREDENTIAL_BY_KEY, type CredentialRow, rateLimitOf } from './credential-lookup.js';
import { KeyAge } from './key-age.service.js';
import { LastUse } from './last-use.service.js';
import { isInNetworks } from '../shared/networks.js';
import { parseOpaqueToken } from './opaque-token.js';
import { SecretRenewal } from './secret-renewal.service.js';
import { SecretHasher } from './secret-hasher.js';

export const KEY_PREFIX = 'vk';

/** The address that a credential was presented from, and the callback that takes the reason of its refusal. */
export interface Presentation {
  /** The client's IP address; `null`: not presented over a network. */
  address: string | null;
  refused: (failure: AuthenticationFailure) => void;
}

/** Authenticates keys and secrets. `CredentialAdministration` issues, rotates and revokes them. */
@Injectable()
export class CredentialAuthenticator {
  private readonly cache: KeyedCache<KnownCredential>;
  private readonly byKey: BatchedLookup<Pick<Credential, 'platformId' | 'key'>, CredentialRow>;
  private readonly byId: BatchedLookup<Pick<Credential, 'platformId' | 'id'>, CredentialRow>;

  constructor(
    dataSource: DataSource,
    feed: ChangeFeed,
    private readonly hasher: SecretHasher,
    private readonly renewal: SecretRenewal,
    private readonly lastUse: LastUse,
    private readonly age: KeyAge,
    private readonly clock: Clock,
  ) {
    this.cache = new KeyedCache(feed, 'credentials');
    this.byKey = new BatchedLookup(dataSource, CREDENTIAL_BY_KEY);
    this.byId = new BatchedLookup(dataSource, CREDENTIAL_BY_ID);
  }

  /**
   * The caller that presents this key and secret from this address; `null` when the key is unknown, revoked, expired or
   * not allowed from the address, or the secret is wrong. All of these get the same answer after the same work: only a
   * successful authentication skips the lookup, so the time of a refusal does not reveal which keys exist.
   */
  async authenticate(key: string, secret: string, presentation: Presentation): Promise<Caller | null> {
    const known = this.prove(this.cache.peek(`key ${key}`) ?? null, secret, presentation);
    return known ?? this.prove(await this.findByKey(key), secret, presentation);
  }

  /**
   * The caller behind a token of this credential, while the credential is in force and the secret that the token was
   * issued for is still valid: a rotation without overlap ends the tokens issued before it.
   */
  async findCaller(
    { platformId, id }: Pick<Credential, 'platformId' | 'id'>,
    issuedAt: Date,
    presentation: Presentation,
  ): Promise<Caller | null> {
    const credential = await this.cache.get(`id ${platformId} ${id}`, async () =>
      this.withCaller(await this.byId.find({ platformId, id })),
    );
    if (credential !== null && this.isOfGoodSecret(credential, issuedAt))
      return this.toCaller(credential, presentation);
    presentation.refused({ reason: 'invalid_token', ...nameOf(credential) });
    return null;
  }

  private isOfGoodSecret({ rotatedAt, previousSecretExpiresAt }: CredentialRow, issuedAt: Date): boolean {
    if (rotatedAt === null || issuedAt >= rotatedAt) return true;
    return previousSecretExpiresAt !== null && previousSecretExpiresAt > this.clock.now();
  }

  private async findByKey(key: string): Promise<KnownCredential | null> {
    const platformId = parseOpaqueToken(KEY_PREFIX, key)?.platformId;
    // An early return reveals nothing: the format of a key is not secret.
    if (platformId === undefined) return null;
    return this.cache.reload(`key ${key}`, async () =>
      this.withCaller(await this.byKey.find({ platformId, key })),
    );
  }

  private prove(
    credential: KnownCredential | null,
    secret: string,
    presentation: Presentation,
  ): Caller | null {
    const previous = this.previousOf(credential);
    const isRight = this.hasher.matches(secret, credential?.secretHash ?? null, previous);
    if (isRight && credential !== null) {
      this.renewal.record(credential, secret, previous);
      return this.toCaller(credential, presentation);
    }
    const reason = credential === null ? 'unknown_key' : 'wrong_secret';
    presentation.refused({ reason, ...nameOf(credential) });
    return null;
  }

  /** With the end that the maximum age of its kind gives it. */
  private withCaller(row: CredentialRow | null): KnownCredential | null {
    if (row === null) return null;
    const credential = { ...row, expiresAt: this.age.endOf(row) };
    return { ...credential, caller: describe(credential) };
  }

  /** The hash of the secret before the last rotation, while that is still good. */
  private previousOf(credential: CredentialRow | null): Buffer | null {
    const until = credential?.previousSecretExpiresAt ?? null;
    return until !== null && until > this.clock.now() ? (credential?.previousSecretHash ?? null) : null;
  }

  private toCaller(credential: KnownCredential, { address, refused }: Presentation): Caller | null {
    const reason = this.refusalOf(credential, address);
    if (reason !== null) refused({ reason, ...nameOf(credential) });
    if (reason !== null || credential.caller === null) return null;
    this.lastUse.record(credential.platformId, credential.id);
    return credential.caller;
  }

  private refusalOf(
    { expiresAt, revokedAt, allowedNetworks, caller }: KnownCredential,
    address: string | null,
  ): AuthenticationFailure['reason'] | null {
    if (revokedAt !== null) return 'revoked_key';
    if (expiresAt !== null && expiresAt <= this.clock.now()) return 'expired_key';
    const isFar = allowedNetworks !== null && address !== null && !isInNetworks(address, allowedNetworks);
    if (isFar) return 'foreign_network';
    return caller === null ? 'disabled_admin' : null;
  }
}

/** A credential with its caller, which changes only with the row; `null`: its admin is disabled. */
type KnownCredential = CredentialRow & { caller: Caller | null };

function describe(credential: CredentialRow): Caller | null {
  const { platformId, id, kind, customerId, allowedCurrencies, expiresAt, admin } = credential;
  const scopes = scopesOf(credential);
  if (scopes === null) return null;
  return {
    platformId,
    kind,
    customerId,
    workspaceId: null,
    allowedCurrencies,
    scopes,
    suspension: suspensionOf(credential),
    rateLimit: rateLimitOf(credential),
    expiresAt,
    isNarrowed: false,
    id: `credential:${id}`,
    actorId: admin === null ? toTenantId('crd', platformId, id) : toTenantId('adm', platformId, admin.id),
    name: admin?.name ?? credential.name,
  };
}

/** What the credential may do: no more than its admin's role allows. `null`: its admin may do nothing any more. */
function scopesOf({ scopes, admin }: CredentialRow): ReadonlySet<string> | null {
  if (admin === null) return sharedSet(scopes);
  if (admin.status !== 'active') return null;
  const allowed: readonly string[] = SCOPES_OF_ROLE[admin.role];
  return sharedSet(scopes.filter((scope) => allowed.includes(scope)));
}

/** Of few kinds of credentials there are many: they share their scopes. By the scopes, which are words. */
const sharedSets = new Map<string, ReadonlySet<string>>();

function sharedSet(scopes: readonly string[]): ReadonlySet<string> {
  const name = scopes.join(' ');
  const known = sharedSets.get(name) ?? new Set(scopes);
  sharedSets.set(name, known);
  return known;
}

function nameOf(credential: CredentialRow | null): Pick<AuthenticationFailure, 'credential'> {
  return credential === null ? {} : { credential: toTenantId('crd', credential.platformId, credential.id) };
}
