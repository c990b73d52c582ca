import { ISO_4217 } from '../../src/database/seeds/iso-4217.js';

/**
 * The tenant that every subject is seeded with. The generator derives names, keys and secrets from numbers. Use them
 * only for temporary databases on the local machine.
 */
export const PLATFORM_ID = '1';
/**
 * Customers, each with an owner’s key, a workspace and one account. Fewer than the credentials that a process caches.
 */
export const OWNERS = 8_000;
/** Accounts of the platform API with money in them. */
export const FUNDED_ACCOUNTS = 10_000;
/** Initial balance of each of them, in minor units of USD. */
export const FUNDS_MINOR = 1_000_000_00;
/** Country of residence of every customer; its jurisdiction enables every fiat currency. */
export const JURISDICTION = 'XB';
/** Codes in the order of their ids, which start with 1. */
export const CURRENCIES: readonly string[] = ISO_4217.map(({ code }) => code);
/** An owner has one account per currency: the one in the first exists already, and the last is reserved for storms. */
export const ROOM_FOR_OWNER_OPENINGS = OWNERS * (CURRENCIES.length - 2);
/** Id of the product of accounts in USD, from the reference data. */
export const PRODUCT_ID = 7;

export const PEPPER = 'a pepper that only the benchmarks know of';

/** @param owner 0 … OWNERS - 1; the customer’s id is one more */
export function ownerKey(owner: number): string {
  return `vk_${PLATFORM_ID}_owner${owner}`;
}

export function ownerSecret(owner: number): string {
  return `vs_benchmark-owner-${owner}`;
}

export const PLATFORM_KEY = `vk_${PLATFORM_ID}_platform`;
export const PLATFORM_SECRET = 'vs_benchmark-platform';
export const ADMIN_KEY = 'vk_0_admin';
export const ADMIN_SECRET = 'vs_benchmark-admin';
/** Id of a session that may act in every workspace of the platform. */
export const SESSION_ID = '1';

/** The public id of the account that owner `owner` has from the start. */
export function firstAccountId(owner: number): string {
  return `acc_OWNER${String(owner).padStart(6, '0')}`;
}

export function customerIdentifier(owner: number): string {
  return `customer-${owner}`;
}

/** @param account 0 … FUNDED_ACCOUNTS - 1 */
export function fundedIdentifier(account: number): string {
  return `funded-${account}`;
}
