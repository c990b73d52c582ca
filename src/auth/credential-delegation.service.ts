import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Credential } from '../entities/credential.entity.js';
import { AppError } from '../shared/app-error.js';
import { Clock } from '../shared/clock.js';
import type { TenantObject } from '../shared/object-id.js';
import { assertWithin, type Authority } from './authority.js';
import { type Caller, requireCredentialId } from './caller.js';
import { KeyAge } from './key-age.service.js';
import { type CredentialName, CredentialAdministration } from './credential-administration.service.js';

/**
 * Decides what a caller may do with other credentials: it issues, rotates and revokes only credentials that allow no
 * more than its own does at this moment. Both rows are locked, so a credential that is being revoked cannot issue
 * another one.
 */
@Injectable()
export class CredentialDelegation {
  constructor(
    private readonly credentials: CredentialAdministration,
    private readonly age: KeyAge,
    private readonly clock: Clock,
  ) {}

  /**
   * The most that a credential issued by this caller may allow.
   * @throws AppError credentials_invalid when the caller's credential has ended since the request was authenticated
   */
  async authorityOf(tx: EntityManager, caller: Caller): Promise<Authority> {
    const [own] = await this.credentials.lock(tx, [ownNameOf(caller)]);
    return this.toAuthority(own, caller);
  }

  /**
   * Locks and returns a credential that the caller may rotate or revoke.
   * @throws AppError object_not_found, credentials_invalid, authority_exceeded, transition_not_allowed when revoked
   */
  async lockWithin(tx: EntityManager, name: CredentialName, caller: Caller): Promise<Credential> {
    const [own, target] = await this.credentials.lock(tx, [ownNameOf(caller), name]);
    const authority = this.toAuthority(own, caller);
    if (!target) throw new AppError('object_not_found');
    assertWithin(target, authority);
    assertLive(target);
    return target;
  }

  /** A token narrows the scopes; all other limits are those of the credential. */
  private toAuthority(own: Credential | null | undefined, { scopes }: Caller): Authority {
    if (!own || own.revokedAt !== null) throw new AppError('credentials_invalid');
    const { allowedCurrencies, allowedNetworks, expiresAt } = own;
    // The maximum age is not inherited, because a rotation renews the secret; so the stored expiry is returned, not
    // `end`.
    const end = this.age.endOf(own);
    if (end !== null && end <= this.clock.now()) throw new AppError('credentials_invalid');
    const current = own.scopes.filter((scope) => scopes.has(scope));
    return { scopes: current, allowedCurrencies, allowedNetworks, expiresAt };
  }
}

/** @throws AppError transition_not_allowed */
export function assertLive({ revokedAt }: Credential): void {
  if (revokedAt !== null) throw new AppError('transition_not_allowed', { state: 'revoked', allowedActs: [] });
}

/** @throws AppError credentials_invalid for a caller without a credential, such as a session */
function ownNameOf(caller: Caller): TenantObject {
  return { platformId: caller.platformId, id: requireCredentialId(caller) };
}
