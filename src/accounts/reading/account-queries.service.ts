import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { columns } from '../../database/columns.js';
import { Balance } from '../../entities/balance.entity.js';
import { AuditSearch, type AuditEntryView } from '../../audit/audit-search.service.js';
import { listPage } from '../../database/listing.js';
import {
  Account,
  ACCOUNT_STATUSES,
  type AccountStatus,
  type Channel,
  CHANNELS,
} from '../../entities/account.entity.js';
import { AppError } from '../../shared/app-error.js';
import {
  byCustomer,
  byPartOf,
  byPlatform,
  type ListQuery,
  type ListSpec,
  type Page,
} from '../../shared/listing.js';
import { type TenantObject, toTenantId } from '../../shared/object-id.js';

/** An account as the admin API returns it. */
export interface AccountRecord {
  platformId: string;
  id: string;
  channel: Channel;
  /** `null` for a settlement account, as is `customerIdentifier`. */
  customerId: string | null;
  customerIdentifier: string | null;
  holderName: string;
  publicId: string;
  number: string;
  currencyCode: string;
  decimals: number;
  status: AccountStatus;
  statusReason: string | null;
  statusChangedAt: Date | null;
  workspaceId: string | null;
  productId: number | null;
  alias: string;
  accountIdentifier: string | null;
  displayName: string | null;
  contactEmail: string | null;
  postedMinor: string;
  lockedMinor: string;
  createdAt: Date;
  updatedAt: Date;
}

const HISTORY_LIMIT = 1_000;

/**
 * SQL that looks a name up once per platform, because the unique index begins with `platform_id`. There are few
 * platforms and many accounts.
 */
function onAnyPlatform(column: string, value = '?'): string {
  return `(a.platform_id, a.${column}) IN (SELECT platform.id, ${value}::text FROM platforms platform)`;
}

const LISTED = [
  'platformId',
  'id',
  'channel',
  'customerId',
  'publicId',
  'number',
  'currencyCode',
  'status',
  'statusReason',
  'statusChangedAt',
  'workspaceId',
  'productId',
  'alias',
  'accountIdentifier',
  'displayName',
  'contactEmail',
  'createdAt',
  'updatedAt',
] as const;

/** How the admin API lists accounts. */
export const ACCOUNT_LIST: ListSpec = {
  select: `${columns(Account, 'a', LISTED)}, ${columns(Balance, 'b', ['postedMinor', 'lockedMinor'])},
    c.identifier AS "customerIdentifier", COALESCE(c.display_name, 'Settlement') AS "holderName", currency.decimals`,
  from: `accounts a LEFT JOIN customers c ON c.platform_id = a.platform_id AND c.id = a.customer_id
    JOIN balances b ON b.platform_id = a.platform_id AND b.account_id = a.id
    JOIN currencies currency ON currency.code = a.currency_code`,
  key: 'a.id',
  filters: {
    number: {
      description: 'With this number, with or without the A of the platform API.',
      schema: { type: 'string', example: '000000000018' },
      sql: onAnyPlatform('number'),
      parse: (text) => text.replace(/^A/i, ''),
    },
    publicId: {
      description: 'With this id in the owner API.',
      schema: { type: 'string', pattern: '^acc_', example: 'acc_8F4J2NQ07XK3M5RT' },
      sql: onAnyPlatform('public_id'),
    },
    accountIdentifier: {
      description: 'With this identifier in the platform API, ignoring case.',
      schema: { type: 'string' },
      // The index on account_identifier covers the platform channel only.
      sql: `a.channel = 'platform' AND ${onAnyPlatform('account_identifier', 'lower(?)')}`,
    },
    holder: byPartOf('c.display_name', 'Whose holder has this in the display name, ignoring case.'),
    customer: byCustomer('a'),
    platform: byPlatform('a.platform_id'),
    channel: {
      description: 'Opened through this API; `settlement`: by the bank itself, for the world outside.',
      schema: { type: 'string', enum: [...CHANNELS] },
      sql: 'a.channel = ?',
    },
    status: {
      description: 'In this state.',
      schema: { type: 'string', enum: [...ACCOUNT_STATUSES] },
      sql: 'a.status = ?',
    },
    currency: {
      description: 'In this currency.',
      schema: { type: 'string', example: 'USD' },
      sql: 'a.currency_code = ?',
    },
  },
  sorts: {
    createdAt: { sql: 'a.created_at', type: 'timestamptz' },
    number: { sql: 'a.number', type: 'text' },
  },
  defaultSort: '-createdAt',
};

/** Finds accounts across platforms and channels, and reads their audit history. */
@Injectable()
export class AccountQueries {
  constructor(
    private readonly dataSource: DataSource,
    private readonly audit: AuditSearch,
  ) {}

  list(query: ListQuery): Promise<Page<AccountRecord>> {
    return listPage<AccountRecord>(this.dataSource, ACCOUNT_LIST, query);
  }

  /** @throws AppError object_not_found */
  async get(
    { platformId, id }: TenantObject,
    on: EntityManager = this.dataSource.manager,
  ): Promise<AccountRecord> {
    const rows = await on.query<AccountRecord[]>(
      `SELECT ${ACCOUNT_LIST.select} FROM ${ACCOUNT_LIST.from} WHERE a.platform_id = $1 AND a.id = $2`,
      [platformId, id],
    );
    const account = rows[0];
    if (account === undefined) throw new AppError('object_not_found');
    return account;
  }

  /** The account's audit entries from its opening on, oldest first. @throws AppError object_not_found */
  async historyOf(account: TenantObject): Promise<AuditEntryView[]> {
    await this.get(account);
    const objectId = toTenantId('acc', account.platformId, account.id);
    return this.audit.historyOf(account.platformId, objectId, HISTORY_LIMIT);
  }
}
