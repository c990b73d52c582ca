import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ChangeFeed } from '../database/change-feed.service.js';
import { Gatherer, type Outcome } from '../database/gatherer.js';
import { KeyedCache } from '../database/keyed-cache.js';
import { type PreparedStatement, runPrepared } from '../database/prepared.js';
import { type RowColumn, rowsParameters, rowsSql } from '../database/row-columns.js';
import { Customer, type CustomerStatus } from '../entities/customer.entity.js';
import { Clock } from '../shared/clock.js';
import { isIdentifier } from '../shared/identifier.js';
import type { TenantObject } from '../shared/object-id.js';
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
  private readonly standings = new Gatherer<TenantObject, CustomerStanding | null>({
    work: (names) => this.readStandings(names),
    platformOf: ({ platformId }) => platformId,
  });

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
    return this.standings.submit({ platformId, id: customerId });
  }

  private async readStandings(names: readonly TenantObject[]): Promise<Outcome<CustomerStanding | null>[]> {
    const parameters = [this.clock.now(), ...rowsParameters(NAMES, names)];
    const rows = await runPrepared<CustomerStanding & { number: number }>(
      this.dataSource.manager,
      FIND_STANDINGS,
      parameters,
    );
    const byNumber = new Map(rows.map((row) => [row.number, row]));
    return names.map((_name, index) => ({ result: byNumber.get(index + 1) ?? null }));
  }
}

const NAMES: readonly RowColumn<TenantObject>[] = [
  { name: 'platform_id', type: 'bigint', of: ({ platformId }) => platformId },
  { name: 'id', type: 'bigint', of: ({ id }) => id },
];
const FIND_STANDINGS: PreparedStatement = {
  name: 'find-standings',
  text: `SELECT wanted.number::int, ${standingColumnsSql('$1')}
    FROM ${rowsSql(NAMES, 2, 'wanted')}
    CROSS JOIN LATERAL (SELECT * FROM customers
      WHERE platform_id = wanted.platform_id AND id = wanted.id LIMIT 1) c
    JOIN platforms p ON p.id = c.platform_id`,
};

export function toView({ id, identifier, displayName, status, createdAt }: Customer): CustomerView {
  return { id, identifier, displayName, status, createdAt };
}
