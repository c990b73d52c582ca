import type { QueryRunner } from 'typeorm';
import type { Customer } from '../../src/entities/customer.entity.js';
import type { World } from './world.js';

/** A customer with a row lock held by another transaction, which blocks its openings. */
export class StuckCustomer {
  private constructor(
    readonly customer: Customer,
    private readonly holding: QueryRunner,
  ) {}

  static async make(world: World): Promise<StuckCustomer> {
    const customer = await world.make.aCustomer({ countryOfResidence: null });
    const holding = world.dataSource.createQueryRunner();
    await holding.startTransaction();
    await holding.query('SELECT 1 FROM customers WHERE platform_id = $1 AND id = $2 FOR UPDATE', [
      customer.platformId,
      customer.id,
    ]);
    return new StuckCustomer(customer, holding);
  }

  async letGo(): Promise<void> {
    await this.holding.commitTransaction();
    await this.holding.release();
  }
}
