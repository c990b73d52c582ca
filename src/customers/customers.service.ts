import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ChangeFeed } from '../database/change-feed.service.js';
import { PLATFORM_ID } from '../database/row-columns.js';
import { BatchedLookup, defineLookup } from '../database/batched-lookup.js';
import { KeyedCache } from '../database/keyed-cache.js';
import { Customer, type CustomerStatus } from '../entities/customer.entity.js';
import { Clock } from '../shared/clock.js';
import { isIdentifier } from '../shared/identifier.js';
import type { TenantObject } from '../shared/object-id.js';
import { type CustomerEligibility, eligibilityColumnsSql } from './customer-eligibility.js';

export interface CustomerView {
  id: string;
  identifier: string;
  displayName: string;
  status: CustomerStatus;
  createdAt: Date;
}

/** Reads customers within one platform. */
@Injectable()
export class CustomersService {
  private readonly named: KeyedCache<NamedCustomer>;
  private readonly byIdentifier: BatchedLookup<CustomerName, NamedCustomer>;
  private readonly eligibility: BatchedLookup<TenantObject, CustomerEligibility>;

  constructor(
    private readonly dataSource: DataSource,
    feed: ChangeFeed,
    clock: Clock,
  ) {
    this.named = new KeyedCache(feed, 'customers');
    this.byIdentifier = new BatchedLookup(dataSource, BY_IDENTIFIER);
    this.eligibility = new BatchedLookup(dataSource, ELIGIBILITY, () => clock.now());
  }

  /** Cached; the status may be up to a second old. */
  async findNamed(platformId: string, identifier: string): Promise<NamedCustomer | null> {
    if (!isIdentifier(identifier)) return null;
    return this.named.get(`${platformId} ${identifier}`, () =>
      this.byIdentifier.find({ platformId, identifier }),
    );
  }

  async findId(platformId: string, identifier: string): Promise<string | null> {
    return (await this.findNamed(platformId, identifier))?.id ?? null;
  }

  async findByIdentifier(platformId: string, identifier: string): Promise<CustomerView | null> {
    if (!isIdentifier(identifier)) return null;
    const row = await this.dataSource.manager.findOneBy(Customer, { platformId, identifier });
    return row === null ? null : toView(row);
  }

  /** All customers of the platform, oldest first, at most `limit`. */
  async list(platformId: string, limit: number): Promise<CustomerView[]> {
    const rows = await this.dataSource.manager.find(Customer, {
      where: { platformId },
      order: { id: 'ASC' },
      take: limit,
    });
    return rows.map(toView);
  }

  /**
   * The customer's current eligibility, without a lock. A transaction that depends on it reads it again under a lock.
   */
  async findEligibility(platformId: string, customerId: string): Promise<CustomerEligibility | null> {
    return this.eligibility.find({ platformId, id: customerId });
  }
}

/** A customer by the platform's own identifier. */
type CustomerName = Pick<Customer, 'platformId' | 'identifier'>;
type NamedCustomer = Pick<Customer, 'id' | 'status'>;

const BY_IDENTIFIER = defineLookup<CustomerName>({
  name: 'find-customer-by-identifier',
  keys: [PLATFORM_ID, { name: 'identifier', type: 'text', of: ({ identifier }) => identifier }],
  select: 'c.id, c.status',
  from: `CROSS JOIN LATERAL (SELECT id, status FROM customers
    WHERE platform_id = wanted.platform_id AND identifier = wanted.identifier LIMIT 1) c`,
});

const ELIGIBILITY = defineLookup<TenantObject>({
  name: 'find-eligibility',
  takesTime: true,
  keys: [PLATFORM_ID, { name: 'id', type: 'bigint', of: ({ id }) => id }],
  select: eligibilityColumnsSql('$1'),
  from: `CROSS JOIN LATERAL (SELECT * FROM customers
      WHERE platform_id = wanted.platform_id AND id = wanted.id LIMIT 1) c
    JOIN platforms p ON p.id = c.platform_id`,
});

export function toView({ id, identifier, displayName, status, createdAt }: Customer): CustomerView {
  return { id, identifier, displayName, status, createdAt };
}
