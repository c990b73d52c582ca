import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { AuditContext } from '../../audit/audit-context.js';
import { AuditTrail, changeOf } from '../../audit/audit-trail.service.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { Account } from '../../entities/account.entity.js';
import { Customer } from '../../entities/customer.entity.js';
import { ProductsService, type ProductView } from '../../products/products.service.js';
import { AppError } from '../../shared/app-error.js';
import { Clock } from '../../shared/clock.js';
import { toTenantId } from '../../shared/object-id.js';
import type { AccountView } from '../reading/account-view.js';
import { AccountLifecycle } from './account-lifecycle.service.js';
import type { AccountName } from '../reading/account-lookups.service.js';
import { AccountsService } from '../reading/accounts.service.js';

/** The fields that a platform may change; a missing field stays as it is. */
export interface PlatformAmendment {
  displayName?: string;
  contactEmail?: string;
  /** Replaces the whole list. */
  fundingNotificationEmails?: string[];
}

/** Changes that holders and platforms make to existing accounts. */
@Injectable()
export class AccountAmendments {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly accounts: AccountsService,
    private readonly products: ProductsService,
    private readonly lifecycle: AccountLifecycle,
    private readonly trail: AuditTrail,
    private readonly clock: Clock,
  ) {}

  /** @throws AppError account_not_found, transition_not_allowed when it is closed */
  async amend(selection: AccountName, change: PlatformAmendment, audit: AuditContext): Promise<AccountView> {
    await this.unitOfWork.run(async (tx) => {
      const account = await lock(tx, selection);
      if (account.status === 'closed')
        throw new AppError('transition_not_allowed', { state: 'closed', allowedActs: [] });
      await this.change(tx, account, change, audit);
    });
    return this.accounts.get(selection);
  }

  /** @throws AppError account_not_found, account_exists when another account has the alias */
  async rename(selection: AccountName, alias: string, audit: AuditContext): Promise<AccountView> {
    const products = await this.products.all();
    await this.unitOfWork.run(async (tx) => {
      const account = await lock(tx, selection);
      if (account.status === 'closed') throw new AppError('account_not_found');
      await lockHolder(tx, account);
      const duplicateKey = duplicateKeyOf(account, products.get(account.productId ?? 0), alias);
      await this.change(tx, account, { alias, duplicateKey }, audit);
    });
    return this.accounts.get(selection);
  }

  /**
   * Closes the account on its holder's request.
   * @throws AppError account_not_found, transition_not_allowed, account_not_empty
   */
  async close(selection: AccountName, audit: AuditContext): Promise<AccountView> {
    const account = await this.accounts.get(selection);
    const { platformId } = selection as { platformId: string };
    await this.unitOfWork.run((tx) => this.lifecycle.closeWithin(tx, { platformId, id: account.id }, audit));
    return { ...account, status: 'closed', updatedAt: this.clock.now() };
  }

  private async change(
    tx: EntityManager,
    account: Account,
    change: Partial<Account>,
    audit: AuditContext,
  ): Promise<void> {
    const { platformId, id } = account;
    if (Object.keys(change).length === 0) return;
    const states = changeOf(account, change);
    await tx.update(Account, { platformId, id }, { ...change, updatedAt: this.clock.now() });
    await this.trail.append(tx, {
      platformId,
      action: 'account.amended',
      objectId: toTenantId('acc', platformId, id),
      audit,
      ...states,
    });
  }
}

async function lock(tx: EntityManager, selection: AccountName): Promise<Account> {
  const account = await tx.findOne(Account, { where: selection, lock: { mode: 'pessimistic_write' } });
  if (account === null) throw new AppError('account_not_found');
  return account;
}

/**
 * Locks the holder's row as an opening of a product does, so that concurrent openings and renames exclude each other.
 */
async function lockHolder(tx: EntityManager, { platformId, customerId }: Account): Promise<void> {
  if (customerId === null) throw new Error('a settlement account has no holder to lock');
  const where = { platformId, id: customerId };
  await tx.findOneOrFail(Customer, { where, lock: { mode: 'for_no_key_update' } });
}

/** The value of the unique constraint. A new alias changes it only under the rule `one_per_product_and_alias`. */
function duplicateKeyOf(account: Account, product: ProductView | undefined, alias: string): string | null {
  if (product?.duplicateRule !== 'one_per_product_and_alias') return account.duplicateKey;
  return `product:${product.id}:${alias}`;
}
