import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ChangeFeed } from '../database/change-feed.service.js';
import { GatheredLookup } from '../database/gathered-lookup.js';
import { KeyedCache } from '../database/keyed-cache.js';
import type { Credential } from '../entities/credential.entity.js';
import { Clock } from '../shared/clock.js';
import { toTenantId } from '../shared/object-id.js';
import { type Caller, SCOPES_OF_ROLE } from './caller.js';
import { CREDENTIAL_BY_ID, CREDENTIAL_BY_KEY, type CredentialRow } from './credential-lookup.js';
import { LastUse } from './last-use.service.js';
import { isInNetworks } from '../shared/networks.js';
import { parseOpaqueToken } from './opaque-token.js';
import { SecretHasher } from './secret-hasher.js';

export const KEY_PREFIX = 'vk';

/** Tells whose a key and secret are. Issuing, rotating and revoking: `CredentialKeeper`. */
@Injectable()
export class CredentialsService {
  private readonly cache: KeyedCache<KnownCredential>;
  private readonly byKey: GatheredLookup<Pick<Credential, 'platformId' | 'key'>, CredentialRow>;
  private readonly byId: GatheredLookup<Pick<Credential, 'platformId' | 'id'>, CredentialRow>;

  constructor(
    dataSource: DataSource,
    feed: ChangeFeed,
    private readonly hasher: SecretHasher,
    private readonly lastUse: LastUse,
    private readonly clock: Clock,
  ) {
    this.cache = new KeyedCache(feed, 'credentials');
    this.byKey = new GatheredLookup(dataSource, CREDENTIAL_BY_KEY);
    this.byId = new GatheredLookup(dataSource, CREDENTIAL_BY_ID);
  }

  /**
   * Who presents this key and secret from this address; `null` when the key is unknown, revoked, expired or not
   * good from there, or the secret wrong: one answer, after the same work. Only who is let in is spared the lookup, so
   * that the time of a refusal does not tell which keys are in use.
   * @param address the caller's IP address; `null`: not over a network
   */
  async authenticate(key: string, secret: string, address: string | null): Promise<Caller | null> {
    const known = this.prove(this.cache.peek(`key ${key}`) ?? null, secret, address);
    return known ?? this.prove(await this.findByKey(key), secret, address);
  }

  /** The caller behind a token that was issued to this credential, while it is in force. */
  async findCaller(platformId: string, credentialId: string, address: string | null): Promise<Caller | null> {
    const credential = await this.cache.get(`id ${platformId} ${credentialId}`, async () =>
      withCaller(await this.byId.find({ platformId, id: credentialId })),
    );
    return credential === null ? null : this.toCaller(credential, address);
  }

  private async findByKey(key: string): Promise<KnownCredential | null> {
    const platformId = parseOpaqueToken(KEY_PREFIX, key)?.platformId;
    // The form of a key is no secret.
    if (platformId === undefined) return null;
    return this.cache.reload(`key ${key}`, async () =>
      withCaller(await this.byKey.find({ platformId, key })),
    );
  }

  private prove(credential: KnownCredential | null, secret: string, address: string | null): Caller | null {
    const isRight = this.hasher.matches(secret, credential?.secretHash ?? null, this.previousOf(credential));
    return isRight && credential !== null ? this.toCaller(credential, address) : null;
  }

  /** The hash of the secret before the last rotation, while that is still good. */
  private previousOf(credential: CredentialRow | null): Buffer | null {
    const until = credential?.previousSecretExpiresAt ?? null;
    return until !== null && until > this.clock.now() ? (credential?.previousSecretHash ?? null) : null;
  }

  private toCaller(credential: KnownCredential, address: string | null): Caller | null {
    const { platformId, id, expiresAt, revokedAt, allowedNetworks, caller } = credential;
    if (revokedAt !== null) return null;
    if (expiresAt !== null && expiresAt <= this.clock.now()) return null;
    if (allowedNetworks !== null && address !== null && !isInNetworks(address, allowedNetworks)) return null;
    if (caller === null) return null;
    this.lastUse.note(platformId, id);
    return caller;
  }
}

/** A credential with whoever calls by it, which changes only with the row; `null`: its admin may do nothing any more. */
type KnownCredential = CredentialRow & { caller: Caller | null };

function withCaller(credential: CredentialRow | null): KnownCredential | null {
  return credential === null ? null : { ...credential, caller: describe(credential) };
}

function describe(credential: CredentialRow): Caller | null {
  const { platformId, id, kind, customerId, allowedCurrencies, expiresAt, admin } = credential;
  const scopes = scopesOf(credential);
  if (scopes === null) return null;
  return {
    ...{ platformId, kind, customerId, workspaceId: null, allowedCurrencies, scopes },
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
