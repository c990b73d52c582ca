import { Injectable } from '@nestjs/common';
import { DataSource, In } from 'typeorm';
import { Balance } from '../entities/balance.entity.js';

/** The balance of an account, in minor units of its currency. */
export interface BalanceView {
  id: string;
  postedMinor: bigint;
  lockedMinor: bigint;
  createdAt: Date;
  updatedAt: Date;
}

@Injectable()
export class BalancesService {
  constructor(private readonly dataSource: DataSource) {}

  /** The balances of the given accounts, by account id. */
  async findMany(platformId: string, accountIds: readonly string[]): Promise<Map<string, BalanceView>> {
    if (accountIds.length === 0) return new Map();
    const rows = await this.dataSource.manager.findBy(Balance, {
      platformId,
      accountId: In([...accountIds]),
    });
    return new Map(rows.map((row) => [row.accountId, toView(row)]));
  }
}

function toView({ id, postedMinor, lockedMinor, createdAt, updatedAt }: Balance): BalanceView {
  return { id, postedMinor: BigInt(postedMinor), lockedMinor: BigInt(lockedMinor), createdAt, updatedAt };
}
