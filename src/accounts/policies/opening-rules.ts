import type { ProductStatus } from '../../entities/product.entity.js';
import type { ErrorCode } from '../../shared/app-error.js';

/** What is known of a currency where an account is to be opened. */
export interface CurrencyFacts {
  /** The currency exists here and is enabled as a whole. */
  enabled: boolean;
  /** It is enabled in the customer's effective jurisdiction. */
  enabledInJurisdiction: boolean;
}

/** Why no account in this currency may be opened, or `null`. */
export function currencyRefusal(currency: CurrencyFacts): ErrorCode | null {
  return currency.enabled && currency.enabledInJurisdiction ? null : 'currency_not_available';
}

/** Why no account of this product may be opened, or `null`. `status` null: there is no such product. */
export function productRefusal(status: ProductStatus | null, currency: CurrencyFacts): ErrorCode | null {
  if (status === null) return 'product_not_found';
  if (status !== 'available' || currencyRefusal(currency) !== null) return 'product_not_available';
  return null;
}

/**
 * Whether text has the form of a currency code: three letters as in ISO 4217, or a digital code that this
 * installation configured. Case does not matter.
 */
export function isCurrencyCode(text: string, digitalCodes: ReadonlySet<string>): boolean {
  return /^[A-Za-z]{3}$/.test(text) || digitalCodes.has(text.toUpperCase());
}
