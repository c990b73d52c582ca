import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { NamedObject } from '../approvals/approval-summary.js';
import { Admin } from '../entities/admin.entity.js';
import type { Credential } from '../entities/credential.entity.js';
import { Customer } from '../entities/customer.entity.js';
import { SYSTEM_PLATFORM_ID, Platform } from '../entities/platform.entity.js';
import { AppError } from '../shared/app-error.js';
import { parseTenantId, toSystemId, toTenantId } from '../shared/object-id.js';

type Owned = Pick<Credential, 'platformId' | 'customerId' | 'adminId'>;

/** Owners of credentials: customers, admins and platforms. */
@Injectable()
export class CredentialOwners {
  /** @throws AppError object_not_found */
  async find(tx: EntityManager, { platformId, customerId, adminId }: Owned): Promise<NamedObject> {
    if (customerId !== null) {
      const customer = await tx.findOneBy(Customer, { platformId, id: customerId });
      return named(customer && { id: toTenantId('cus', platformId, customerId), name: customer.displayName });
    }
    if (adminId !== null) {
      const admin = await tx.findOneBy(Admin, { platformId, id: adminId });
      return named(admin && { id: toTenantId('adm', platformId, adminId), name: admin.name });
    }
    // The credentials of the system tenant belong to its admins.
    const platform =
      platformId === SYSTEM_PLATFORM_ID ? null : await tx.findOneBy(Platform, { id: platformId });
    return named(platform && { id: toSystemId('plt', platformId), name: platform.name });
  }

  /** Locks the customer or the platform against changes. */
  async lock(tx: EntityManager, platformId: string, objectId: string): Promise<void> {
    const lock = { mode: 'pessimistic_write' as const };
    const customer = parseTenantId('cus', objectId);
    if (customer === null) await tx.findOne(Platform, { where: { id: platformId }, lock });
    else await tx.findOne(Customer, { where: { platformId, id: customer.id }, lock });
  }
}

function named(owner: NamedObject | null): NamedObject {
  if (owner === null) throw new AppError('object_not_found');
  return owner;
}
