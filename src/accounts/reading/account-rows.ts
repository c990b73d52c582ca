import type { DataSource, SelectQueryBuilder } from 'typeorm';
import { columns } from '../../database/columns.js';
import { Account } from '../../entities/account.entity.js';
import { Balance } from '../../entities/balance.entity.js';
import { Customer } from '../../entities/customer.entity.js';

/** The columns of an account that its view is made of. */
const DESCRIBED = [
  'id',
  'publicId',
  'number',
  'customerId',
  'channel',
  'status',
  'currencyCode',
  'productId',
  'alias',
  'accountIdentifier',
  'displayName',
  'contactEmail',
  'fundingNotificationEmails',
  'createdAt',
  'updatedAt',
] as const satisfies readonly (keyof Account)[];

/** An account with its balance and its holder's name, as every statement that reads accounts selects it. */
export type AccountRow = Pick<Account, (typeof DESCRIBED)[number]> & {
  customerId: string;
  holderName: string;
  balanceId: string;
  /** Minor units as decimal text, as is `lockedMinor`. */
  postedMinor: string;
  lockedMinor: string;
  balanceCreatedAt: Date;
  balanceUpdatedAt: Date;
};

/** The select list of an `AccountRow`, of an account `a`, its balance `b` and its customer `c`. */
export const ACCOUNT_ROW = `${columns(Account, 'a', DESCRIBED)}, c.display_name AS "holderName",
    b.id AS "balanceId", ${columns(Balance, 'b', ['postedMinor', 'lockedMinor'])},
    b.created_at AS "balanceCreatedAt", b.updated_at AS "balanceUpdatedAt"`;

/** A query of account rows, read with `getRawMany<AccountRow>()`. Bound it with `limit`. */
export function queryAccountRows({ manager }: DataSource): SelectQueryBuilder<Account> {
  return manager
    .createQueryBuilder(Account, 'a')
    .innerJoin(Balance, 'b', 'b.platformId = a.platformId AND b.accountId = a.id')
    .innerJoin(Customer, 'c', 'c.platformId = a.platformId AND c.id = a.customerId')
    .select(ACCOUNT_ROW);
}
