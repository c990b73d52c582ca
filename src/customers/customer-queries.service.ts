import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { columns } from '../database/columns.js';
import { listPage } from '../database/listing.js';
import {
  Customer,
  CUSTOMER_STATUSES,
  type CustomerStatus,
  KYC_STATUSES,
  type KycStatus,
} from '../entities/customer.entity.js';
import { AppError } from '../shared/app-error.js';
import { Clock } from '../shared/clock.js';
import { byPartOf, byPlatform, type ListQuery, type ListSpec, type Page } from '../shared/listing.js';
import { type TenantObject } from '../shared/object-id.js';
import { EFFECTIVE_JURISDICTION_SQL, kycStatusSql } from './customer-eligibility.js';

/** A customer with its KYC case, as the admin API returns it. */
export interface CustomerRecord {
  platformId: string;
  id: string;
  identifier: string;
  displayName: string;
  email: string | null;
  status: CustomerStatus;
  countryOfResidence: string | null;
  jurisdictionOverride: string | null;
  /** Effective jurisdiction. */
  jurisdictionCode: string;
  kycStatus: KycStatus;
  kycEvidence: string | null;
  kycProvider: string | null;
  kycReviewer: string | null;
  kycReason: string | null;
  kycDecidedAt: Date | null;
  kycExpiresAt: Date | null;
  kycRound: number;
  debitsRestricted: boolean;
  createdAt: Date;
  updatedAt: Date;
}

export { CUSTOMER_STATUSES, KYC_STATUSES };

const LISTED = [
  'platformId',
  'id',
  'identifier',
  'displayName',
  'email',
  'status',
  'countryOfResidence',
  'jurisdictionOverride',
  'kycEvidence',
  'kycProvider',
  'kycReviewer',
  'kycReason',
  'kycDecidedAt',
  'kycExpiresAt',
  'kycRound',
  'debitsRestricted',
  'createdAt',
  'updatedAt',
] as const;

/** How customers, and their KYC cases, are listed. */
export const CUSTOMER_LIST: ListSpec = {
  select: `${columns(Customer, 'c', LISTED)}, ${EFFECTIVE_JURISDICTION_SQL} AS "jurisdictionCode",
    ${kycStatusSql('{now}')} AS "kycStatus"`,
  from: 'customers c JOIN platforms p ON p.id = c.platform_id',
  key: 'c.id',
  filters: {
    name: byPartOf('c.display_name', 'With this in the display name, ignoring case.'),
    identifier: {
      description: 'With this identifier.',
      schema: { type: 'string', example: 'demo-group' },
      sql: 'c.identifier = ?',
    },
    email: {
      description: 'With this e-mail address, ignoring case.',
      schema: { type: 'string', example: 'demo-group@example.com' },
      sql: 'lower(c.email) = lower(?)',
    },
    kycStatus: {
      description: 'Whose KYC case is in this state.',
      schema: { type: 'string', enum: [...KYC_STATUSES] },
      sql: `(${kycStatusSql('{now}')}) = ?`,
    },
    status: {
      description: 'In this state.',
      schema: { type: 'string', enum: [...CUSTOMER_STATUSES] },
      sql: 'c.status = ?',
    },
    platform: byPlatform('c.platform_id'),
    jurisdiction: {
      description: 'In this effective jurisdiction.',
      schema: { type: 'string', pattern: '^[A-Z]{2}$', example: 'DE' },
      sql: `${EFFECTIVE_JURISDICTION_SQL} = ?`,
    },
  },
  sorts: {
    createdAt: { sql: 'c.created_at', type: 'timestamptz' },
    updatedAt: { sql: 'c.updated_at', type: 'timestamptz' },
    displayName: { sql: 'c.display_name', type: 'text' },
  },
  defaultSort: '-createdAt',
};

/** Finds customers across platforms, for admins. */
@Injectable()
export class CustomerQueries {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  list(query: ListQuery): Promise<Page<CustomerRecord>> {
    return listPage<CustomerRecord>(this.dataSource, CUSTOMER_LIST, query, this.clock.now());
  }

  /** @throws AppError object_not_found */
  async get(
    { platformId, id }: TenantObject,
    on: EntityManager = this.dataSource.manager,
  ): Promise<CustomerRecord> {
    const rows = await on.query<CustomerRecord[]>(
      `SELECT ${CUSTOMER_LIST.select.replaceAll('{now}', '$3')} FROM ${CUSTOMER_LIST.from}
       WHERE c.platform_id = $1 AND c.id = $2`,
      [platformId, id, this.clock.now()],
    );
    const customer = rows[0];
    if (customer === undefined) throw new AppError('object_not_found');
    return customer;
  }
}
