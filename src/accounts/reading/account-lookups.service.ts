import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { BatchedLookup, type LookupSpec } from '../../database/batched-lookup.js';
import { PLATFORM_ID, type RowColumn } from '../../database/row-columns.js';
import type { Account, OpeningChannel } from '../../entities/account.entity.js';

/** What an account may be looked up by, each with its column and type. */
const KEYS = {
  id: ['id', 'bigint'],
  publicId: ['public_id', 'text'],
  customerId: ['customer_id', 'bigint'],
  currencyCode: ['currency_code', 'text'],
  workspaceId: ['workspace_id', 'bigint'],
  productId: ['product_id', 'int'],
  alias: ['alias', 'text'],
  accountIdentifier: ['account_identifier', 'text'],
} as const;

type Key = keyof typeof KEYS;

/** Names one account: of a platform and a channel, by some of its keys. */
export type AccountName = { platformId: string; channel: OpeningChannel } & {
  [Name in Key]?: NonNullable<Account[Name]>;
};

/** What every row of an account of a customer has, however it was read. */
export type DescribedAccount = Pick<
  Account,
  | 'id'
  | 'publicId'
  | 'number'
  | 'customerId'
  | 'channel'
  | 'status'
  | 'currencyCode'
  | 'productId'
  | 'alias'
  | 'accountIdentifier'
  | 'displayName'
  | 'contactEmail'
  | 'fundingNotificationEmails'
  | 'createdAt'
  | 'updatedAt'
> & { customerId: string };

/** An account with its balance and its holder's name. */
export type AccountRow = DescribedAccount & {
  holderName: string;
  balanceId: string;
  /** Minor units as decimal text, as `lockedMinor`. */
  postedMinor: string;
  lockedMinor: string;
  balanceCreatedAt: Date;
  balanceUpdatedAt: Date;
};

const COLUMNS = `a.id, a.public_id AS "publicId", a.number, a.customer_id AS "customerId", a.channel, a.status,
    a.currency_code AS "currencyCode", a.product_id AS "productId", a.alias,
    a.account_identifier AS "accountIdentifier", a.display_name AS "displayName", a.contact_email AS "contactEmail",
    array_to_json(a.funding_notification_emails) AS "fundingNotificationEmails",
    a.created_at AS "createdAt", a.updated_at AS "updatedAt", c.display_name AS "holderName",
    b.id AS "balanceId", b.posted_minor AS "postedMinor", b.locked_minor AS "lockedMinor",
    b.created_at AS "balanceCreatedAt", b.updated_at AS "balanceUpdatedAt"`;

type Lookup = BatchedLookup<AccountName, AccountRow>;

/** Looks single accounts up. Closed ones are found in the platform channel only. */
@Injectable()
export class AccountLookups {
  /** By channel and keys: there are as many as there are ways to name an account. */
  private readonly lookups = new Map<string, Lookup>();

  constructor(private readonly dataSource: DataSource) {}

  /** The oldest account of this name. */
  async find(name: AccountName): Promise<AccountRow | null> {
    const keys = (Object.keys(KEYS) as Key[]).filter((key) => name[key] !== undefined);
    const shape = [name.channel, ...keys].join('-');
    let lookup = this.lookups.get(shape);
    if (lookup === undefined) {
      lookup = new BatchedLookup(this.dataSource, specOf(shape, name.channel, keys));
      this.lookups.set(shape, lookup);
    }
    return lookup.find(name);
  }
}

/** The channel is part of the statement's text, so that the planner uses the partial indexes of that channel. */
function specOf(shape: string, channel: OpeningChannel, keys: readonly Key[]): LookupSpec<AccountName> {
  const columns: readonly RowColumn<AccountName>[] = [
    PLATFORM_ID,
    ...keys.map((key) => ({
      name: KEYS[key][0],
      type: KEYS[key][1],
      of: (name: AccountName) => name[key] ?? null,
    })),
  ];
  const matches = columns.map(({ name }) => `${name} = wanted.${name}`).join(' AND ');
  const open = channel === 'platform' ? '' : ` AND status <> 'closed'`;
  return {
    name: `find-account-${shape}`,
    keys: columns,
    select: COLUMNS,
    from: `CROSS JOIN LATERAL (SELECT * FROM accounts WHERE ${matches} AND channel = '${channel}'${open}
        ORDER BY id LIMIT 1) a
      CROSS JOIN LATERAL (SELECT * FROM balances
        WHERE platform_id = a.platform_id AND account_id = a.id LIMIT 1) b
      CROSS JOIN LATERAL (SELECT * FROM customers
        WHERE platform_id = a.platform_id AND id = a.customer_id LIMIT 1) c`,
  };
}
