import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { columns } from '../../database/columns.js';
import { listPage } from '../../database/listing.js';
import { Transfer, TRANSFER_KINDS, type TransferKind } from '../../entities/transfer.entity.js';
import { AppError } from '../../shared/app-error.js';
import { byAccount, byPlatform, type ListQuery, type ListSpec, type Page } from '../../shared/listing.js';
import type { TenantObject } from '../../shared/object-id.js';

/** A transfer as it is stored. Amounts are minor units as decimal text. */
export interface TransferRecord {
  platformId: string;
  id: string;
  journalId: string;
  kind: TransferKind;
  debitAccountId: string;
  creditAccountId: string;
  currencyCode: string;
  decimals: number;
  amountMinor: string;
  debitPostedMinor: string;
  creditPostedMinor: string;
  postedAt: Date;
  effectiveDate: string;
  reference: string | null;
  description: string | null;
  metadata: Record<string, string>;
  reversesId: string | null;
  /** The transfer that reversed this one. */
  reversedById: string | null;
  holdId: string | null;
}

export { TRANSFER_KINDS };

const LISTED = [
  'platformId',
  'id',
  'journalId',
  'kind',
  'debitAccountId',
  'creditAccountId',
  'currencyCode',
  'amountMinor',
  'debitPostedMinor',
  'creditPostedMinor',
  'postedAt',
  'reference',
  'description',
  'metadata',
  'reversesId',
  'holdId',
] as const;

/** Columns of a `TransferRecord`, of `TRANSFER_FROM`. */
export const TRANSFER_COLUMNS = `${columns(Transfer, 't', LISTED)}, currency.decimals,
    t.effective_date::text AS "effectiveDate", reversal.id AS "reversedById"`;

export const TRANSFER_FROM = `transfers t JOIN currencies currency ON currency.code = t.currency_code
    LEFT JOIN transfers reversal ON reversal.platform_id = t.platform_id AND reversal.reverses_id = t.id`;

/** The list of transfers. */
export const TRANSFER_LIST: ListSpec = {
  select: TRANSFER_COLUMNS,
  from: TRANSFER_FROM,
  key: 't.id',
  filters: {
    account: byAccount(
      'That touched this account.',
      't.platform_id = {platform} AND (t.debit_account_id = {account} OR t.credit_account_id = {account})',
    ),
    platform: byPlatform('t.platform_id'),
    kind: {
      description: 'Of this kind.',
      schema: {
        type: 'string',
        enum: [...TRANSFER_KINDS],
      },
      sql: 't.kind = ?',
    },
    reference: {
      description: 'With this reference.',
      schema: { type: 'string', example: 'invoice-4711' },
      sql: 't.reference = ?',
    },
    currency: {
      description: 'In this currency.',
      schema: { type: 'string', example: 'USD' },
      sql: 't.currency_code = ?',
    },
    from: {
      description: 'Posted at this time or later.',
      schema: { type: 'string', format: 'date-time' },
      sql: 't.posted_at >= ?::timestamptz',
    },
    until: {
      description: 'Posted before this time.',
      schema: { type: 'string', format: 'date-time' },
      sql: 't.posted_at < ?::timestamptz',
    },
  },
  // Ids are in the order of posting, and the primary key is the only index over all transfers of a platform.
  sorts: { id: { sql: 't.id', type: 'bigint' } },
  defaultSort: '-id',
};

@Injectable()
export class TransferQueries {
  constructor(private readonly dataSource: DataSource) {}

  list(query: ListQuery): Promise<Page<TransferRecord>> {
    return listPage<TransferRecord>(this.dataSource, TRANSFER_LIST, query);
  }

  /** @throws AppError object_not_found */
  async get(
    { platformId, id }: TenantObject,
    on: EntityManager = this.dataSource.manager,
  ): Promise<TransferRecord> {
    const rows = await on.query<TransferRecord[]>(
      `SELECT ${TRANSFER_COLUMNS} FROM ${TRANSFER_FROM} WHERE t.platform_id = $1 AND t.id = $2`,
      [platformId, id],
    );
    const transfer = rows[0];
    if (transfer === undefined) throw new AppError('object_not_found');
    return transfer;
  }

  /** The transfers that have these references, each on its platform. */
  async findByReferences(
    names: readonly { platformId: string; reference: string }[],
    on: EntityManager = this.dataSource.manager,
  ): Promise<TransferRecord[]> {
    return on.query<TransferRecord[]>(
      `SELECT ${TRANSFER_COLUMNS} FROM unnest($1::bigint[], $2::text[]) AS name(platform_id, reference)
       CROSS JOIN LATERAL (SELECT * FROM transfers
         WHERE platform_id = name.platform_id AND reference = name.reference LIMIT 1) t
       JOIN currencies currency ON currency.code = t.currency_code
       LEFT JOIN transfers reversal ON reversal.platform_id = t.platform_id AND reversal.reverses_id = t.id`,
      [names.map(({ platformId }) => platformId), names.map(({ reference }) => reference)],
    );
  }

  /** The transfers that were posted together, in their order. @throws AppError object_not_found */
  async journal(
    { platformId, id }: TenantObject,
    on: EntityManager = this.dataSource.manager,
  ): Promise<TransferRecord[]> {
    // The first leg is found by the primary key, the other legs by the index on journal_id.
    const rows = await on.query<TransferRecord[]>(
      `SELECT ${TRANSFER_COLUMNS} FROM ${TRANSFER_FROM}
       WHERE t.platform_id = $1 AND t.id = $2 AND t.journal_id = t.id
       UNION ALL
       SELECT ${TRANSFER_COLUMNS} FROM ${TRANSFER_FROM}
       WHERE t.platform_id = $1 AND t.journal_id = $2 AND t.journal_id <> t.id
       ORDER BY id`,
      [platformId, id],
    );
    if (rows.length === 0) throw new AppError('object_not_found');
    return rows;
  }
}
