import type { EntityManager } from 'typeorm';
import type { Customer } from '../entities/customer.entity.js';

/** What else happens to a new customer, in the transaction that registers it: nothing, where no module provides this. */
export abstract class RegistrationHook {
  abstract settle(tx: EntityManager, customer: Customer): Promise<void>;
}
