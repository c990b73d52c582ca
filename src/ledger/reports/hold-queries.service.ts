import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { columns } from '../../database/columns.js';
import { listPage } from '../../database/listing.js';
import { Hold, HOLD_STATUSES, type HoldStatus } from '../../entities/hold.entity.js';
import { AppError } from '../../shared/app-error.js';
import { byAccount, byPlatform, type ListQuery, type ListSpec, type Page } from '../../shared/listing.js';
import type { TenantObject } from '../../shared/object-id.js';

/** A hold. Amounts are minor units as decimal text. */
export interface HoldRecord {
  platformId: string;
  id: string;
  accountId: string;
  currencyCode: string;
  decimals: number;
  amountMinor: string;
  capturedMinor: string;
  releasedMinor: string;
  remainingMinor: string;
  status: HoldStatus;
  expiresAt: Date | null;
  reference: string | null;
  description: string | null;
  metadata: Record<string, string>;
  createdAt: Date;
  updatedAt: Date;
}

export { HOLD_STATUSES };

const LISTED = [
  'platformId',
  'id',
  'accountId',
  'currencyCode',
  'amountMinor',
  'capturedMinor',
  'releasedMinor',
  'remainingMinor',
  'status',
  'expiresAt',
  'reference',
  'description',
  'metadata',
  'createdAt',
  'updatedAt',
] as const;

/** How holds are listed. */
export const HOLD_LIST: ListSpec = {
  select: `${columns(Hold, 'h', LISTED)}, currency.decimals`,
  from: 'holds h JOIN currencies currency ON currency.code = h.currency_code',
  key: 'h.id',
  filters: {
    account: byAccount('On this account.', 'h.platform_id = {platform} AND h.account_id = {account}'),
    platform: byPlatform('h.platform_id'),
    status: {
      description: 'In this state.',
      schema: { type: 'string', enum: [...HOLD_STATUSES] },
      sql: 'h.status = ?',
    },
    reference: {
      description: 'With this reference.',
      schema: { type: 'string', example: 'booking-4711' },
      sql: 'h.reference = ?',
    },
  },
  sorts: { id: { sql: 'h.id', type: 'bigint' } },
  defaultSort: '-id',
};

@Injectable()
export class HoldQueries {
  constructor(private readonly dataSource: DataSource) {}

  list(query: ListQuery): Promise<Page<HoldRecord>> {
    return listPage<HoldRecord>(this.dataSource, HOLD_LIST, query);
  }

  /** @throws AppError object_not_found */
  async get(
    { platformId, id }: TenantObject,
    on: EntityManager = this.dataSource.manager,
  ): Promise<HoldRecord> {
    const rows = await on.query<HoldRecord[]>(
      `SELECT ${HOLD_LIST.select} FROM ${HOLD_LIST.from} WHERE h.platform_id = $1 AND h.id = $2`,
      [platformId, id],
    );
    const hold = rows[0];
    if (hold === undefined) throw new AppError('object_not_found');
    return hold;
  }
}
