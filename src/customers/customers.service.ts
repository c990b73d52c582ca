import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ChangeFeed } from '../database/change-feed.service.js';
import { KeyedCache } from '../database/keyed-cache.js';
import { Customer, type CustomerStatus } from '../entities/customer.entity.js';
import { Clock } from '../shared/clock.js';
import { isIdentifier } from '../shared/identifier.js';
import { type CustomerStanding, standingColumnsSql } from './customer-standing.js';

export interface CustomerView {
  id: string;
  identifier: string;
  displayName: string;
  status: CustomerStatus;
  createdAt: Date;
}

/** Reads of customers, each within one platform. */
@Injectable()
export class CustomersService {
  private readonly ids: KeyedCache<{ id: string }>;

  constructor(
    private readonly dataSource: DataSource,
    feed: ChangeFeed,
    private readonly clock: Clock,
  ) {
    this.ids = new KeyedCache(feed, 'customers');
  }

  /** From memory: neither an identifier nor whose it is ever changes. */
  async findId(platformId: string, identifier: string): Promise<string | null> {
    if (!isIdentifier(identifier)) return null;
    const found = await this.ids.get(`${platformId} ${identifier}`, () =>
      this.dataSource.manager.findOne(Customer, { select: { id: true }, where: { platformId, identifier } }),
    );
    return found?.id ?? null;
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

  /** The customer's standing now. Early knowledge only: the deciding write reads it again. */
  async findStanding(platformId: string, customerId: string): Promise<CustomerStanding | null> {
    const rows = await this.dataSource.query<CustomerStanding[]>(
      `SELECT ${standingColumnsSql('$3')}
       FROM customers c JOIN platforms p ON p.id = c.platform_id
       WHERE c.platform_id = $1 AND c.id = $2`,
      [platformId, customerId, this.clock.now()],
    );
    return rows[0] ?? null;
  }
}

export function toView({ id, identifier, displayName, status, createdAt }: Customer): CustomerView {
  return { id, identifier, displayName, status, createdAt };
}
