import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { BatchedLookup, defineLookup, type Lookup } from '../../database/batched-lookup.js';
import { PLATFORM_ID, type RowColumn } from '../../database/row-columns.js';
import type { Account, OpeningChannel } from '../../entities/account.entity.js';
import { ACCOUNT_ROW, type AccountRow } from './account-rows.js';

/** Lookup keys, each with its column and type. */
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

/** Identifies an account by platform, channel and some of the lookup keys. */
export type AccountName = { platformId: string; channel: OpeningChannel } & {
  [Name in Key]?: NonNullable<Account[Name]>;
};

/** The combinations of keys that accounts are looked up by, per channel: a statement each. */
const LOOKUPS = new Map(
  (
    [
      ['owner', ['publicId', 'customerId']],
      ['owner', ['customerId', 'currencyCode']],
      ['workspace', ['id', 'workspaceId']],
      ['workspace', ['currencyCode', 'workspaceId']],
      ['workspace', ['workspaceId', 'productId', 'alias']],
      ['platform', ['accountIdentifier']],
      ['platform', ['customerId', 'accountIdentifier']],
    ] as const
  ).map(([channel, keys]) => [shapeOf(channel, keys), lookupBy(channel, keys)]),
);

/** Looks up single accounts, in batches. Closed accounts are found in the platform channel only. */
@Injectable()
export class AccountLookups {
  private readonly lookups: ReadonlyMap<string, BatchedLookup<AccountName, AccountRow>>;

  constructor(dataSource: DataSource) {
    this.lookups = new Map(
      [...LOOKUPS].map(([shape, lookup]) => [shape, new BatchedLookup(dataSource, lookup)]),
    );
  }

  /** The account with the lowest id that matches; `null`: none. */
  async find(name: AccountName): Promise<AccountRow | null> {
    const keys = (Object.keys(KEYS) as Key[]).filter((key) => name[key] !== undefined);
    const shape = shapeOf(name.channel, keys);
    const lookup = this.lookups.get(shape);
    if (lookup === undefined) throw new Error(`no lookup of accounts by ${shape}`);
    return lookup.find(name);
  }
}

function shapeOf(channel: OpeningChannel, keys: readonly Key[]): string {
  return [channel, ...keys].join('-');
}

/** The channel is part of the statement's text, so that the planner uses the partial indexes of that channel. */
function lookupBy(channel: OpeningChannel, keys: readonly Key[]): Lookup<AccountName> {
  const keyColumns: readonly RowColumn<AccountName>[] = [
    PLATFORM_ID,
    ...keys.map((key) => ({
      name: KEYS[key][0],
      type: KEYS[key][1],
      of: (name: AccountName) => name[key] ?? null,
    })),
  ];
  const matches = keyColumns.map(({ name }) => `${name} = wanted.${name}`).join(' AND ');
  const open = channel === 'platform' ? '' : ` AND status <> 'closed'`;
  return defineLookup({
    name: `find-account-${shapeOf(channel, keys)}`,
    keys: keyColumns,
    select: ACCOUNT_ROW,
    from: `CROSS JOIN LATERAL (SELECT * FROM accounts WHERE ${matches} AND channel = '${channel}'${open}
        ORDER BY id LIMIT 1) a
      CROSS JOIN LATERAL (SELECT * FROM balances
        WHERE platform_id = a.platform_id AND account_id = a.id LIMIT 1) b
      CROSS JOIN LATERAL (SELECT * FROM customers
        WHERE platform_id = a.platform_id AND id = a.customer_id LIMIT 1) c`,
  });
}
