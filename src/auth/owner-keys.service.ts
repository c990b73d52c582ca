import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import {
  type IdempotentCommand,
  IdempotentTransaction,
} from '../idempotency/idempotent-transaction.service.js';
import { AppError } from '../shared/app-error.js';
import { type TenantObject, toTenantId } from '../shared/object-id.js';
import { assertWithin, inheritLimits, type WantedLimits } from './authority.js';
import type { Caller } from './caller.js';
import { CredentialDelegation } from './credential-delegation.service.js';
import { CredentialOwners } from './credential-owners.service.js';
import {
  CredentialAdministration,
  type CredentialName,
  type CredentialView,
  type IssuedCredential,
} from './credential-administration.service.js';

/** Live keys of one owner, those that admins issued included; admins may issue more. */
export const MAX_LIVE_KEYS = 100;

/** A key that an owner requests with another key. */
export interface WantedKey extends WantedLimits {
  customerId: string;
  name: string;
}

export interface OwnerCommand<View> extends IdempotentCommand<View> {
  caller: Caller;
}

/** Keys that an owner manages with one of its keys. Each allows no more than the key of the call. */
@Injectable()
export class OwnerKeys {
  constructor(
    private readonly transaction: IdempotentTransaction,
    private readonly credentials: CredentialAdministration,
    private readonly delegation: CredentialDelegation,
    private readonly owners: CredentialOwners,
  ) {}

  /**
   * Limits that the request does not name are inherited.
   * @throws AppError authority_exceeded, credentials_invalid, api_key_limit_reached
   */
  async issue(
    { customerId, name, ...limits }: WantedKey,
    { caller, audit, claim }: OwnerCommand<IssuedCredential>,
  ): Promise<IssuedCredential> {
    return this.transaction.run(claim, async (tx) => {
      const own = await this.delegation.authorityOf(tx, caller);
      const authority = inheritLimits(limits, own);
      assertWithin(authority, own);
      const { platformId } = caller;
      await this.requireRoom(tx, { platformId, id: customerId });
      const wanted = { ...authority, platformId, kind: 'owner' as const, customerId, adminId: null, name };
      return this.credentials.issue(tx, wanted, audit);
    });
  }

  /** @throws AppError object_not_found, authority_exceeded, credentials_invalid, transition_not_allowed */
  async rotate(
    key: CredentialName,
    overlapSeconds: number,
    { caller, audit, claim }: OwnerCommand<IssuedCredential>,
  ): Promise<IssuedCredential> {
    return this.transaction.run(claim, async (tx) => {
      const credential = await this.delegation.lockWithin(tx, key, caller);
      return this.credentials.rotate(tx, credential, overlapSeconds, audit);
    });
  }

  /** @throws AppError as `rotate` */
  async revoke(
    key: CredentialName,
    { caller, audit, claim }: OwnerCommand<CredentialView>,
  ): Promise<CredentialView> {
    return this.transaction.run(claim, async (tx) => {
      const credential = await this.delegation.lockWithin(tx, key, caller);
      return this.credentials.revoke(tx, credential, audit);
    });
  }

  /** Locks the customer, so that concurrent requests cannot exceed the limit together. */
  private async requireRoom(tx: EntityManager, customer: TenantObject): Promise<void> {
    const { platformId, id } = customer;
    await this.owners.lock(tx, platformId, toTenantId('cus', platformId, id));
    if ((await this.credentials.countLive(tx, customer)) >= MAX_LIVE_KEYS)
      throw new AppError('api_key_limit_reached');
  }
}
