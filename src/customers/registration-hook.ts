import type { EntityManager } from 'typeorm';
import type { Customer } from '../entities/customer.entity.js';

/** Optional hook, called with each new customer in the transaction that registers it. */
export abstract class RegistrationHook {
  abstract settle(tx: EntityManager, customer: Customer): Promise<void>;
}
