import { type CustomerEligibility, ELIGIBILITY_RULES } from '../../customers/customer-eligibility.js';
import type { OpeningChannel } from '../../entities/account.entity.js';
import type { DuplicateRule, ProductStatus } from '../../entities/product.entity.js';
import { AppError, type ErrorCode } from '../../shared/app-error.js';
import { firstRefusal, judge, type Rule } from '../../shared/rule.js';

/** The state of the currency of an opening. */
export interface CurrencyFacts {
  /** The currency exists and is enabled in the installation. */
  enabled: boolean;
  /** The currency is enabled in the customer's effective jurisdiction. */
  enabledInJurisdiction: boolean;
}

/** The state of the product. `productStatus` null: the product does not exist. */
export interface ProductFacts extends CurrencyFacts {
  productStatus: ProductStatus | null;
}

/** The facts that the rules of an opening are evaluated on. */
export interface OpeningFacts extends CustomerEligibility, ProductFacts {
  currencyCode: string | null;
  duplicateRule: DuplicateRule | null;
  maxAccountsPerCustomer: number | null;
  /** The currencies that the caller's credential is restricted to; `null`: no restriction. */
  allowedCurrencies: readonly string[] | null;
  /** A duplicate of the account exists. */
  duplicate: boolean;
  /** The customer has the maximum number of accounts of the product. */
  capReached: boolean;
}

const CURRENCY_ALLOWED: Rule<OpeningFacts> = {
  id: 'credential.currency_allowed',
  version: 1,
  refusal: 'currency_not_allowed',
  holds: ({ allowedCurrencies, currencyCode }) =>
    allowedCurrencies === null || currencyCode === null || allowedCurrencies.includes(currencyCode),
  reason: ({ allowedCurrencies }) =>
    allowedCurrencies === null
      ? 'The credential is held to no currency.'
      : `The credential is held to ${allowedCurrencies.join(', ')}.`,
  remedy: 'Use a credential that allows this currency.',
};

const CURRENCY_ENABLED: Rule<CurrencyFacts> = {
  id: 'currency.enabled',
  version: 1,
  refusal: 'currency_not_available',
  holds: ({ enabled }) => enabled,
  reason: ({ enabled }) => `The currency is ${enabled ? 'enabled' : 'unknown or disabled'}.`,
  remedy: 'Choose another currency, or have this one enabled.',
};

const CURRENCY_IN_JURISDICTION: Rule<CurrencyFacts> = {
  id: 'currency.enabled_in_jurisdiction',
  version: 1,
  refusal: 'currency_not_available',
  holds: ({ enabledInJurisdiction }) => enabledInJurisdiction,
  reason: ({ enabledInJurisdiction }) =>
    `The currency is ${enabledInJurisdiction ? '' : 'not '}enabled in the customer’s effective jurisdiction.`,
  remedy: 'Have the currency enabled in the customer’s jurisdiction, or choose another.',
};

const PRODUCT_EXISTS: Rule<ProductFacts> = {
  id: 'product.exists',
  version: 1,
  refusal: 'product_not_found',
  holds: ({ productStatus }) => productStatus !== null,
  reason: ({ productStatus }) => `The product ${productStatus === null ? 'does not exist' : 'exists'}.`,
  remedy: 'Choose a product that is offered.',
};

const PRODUCT_AVAILABLE: Rule<ProductFacts> = {
  id: 'product.available',
  version: 1,
  refusal: 'product_not_available',
  holds: ({ productStatus }) => productStatus === 'available',
  reason: ({ productStatus }) => `The product is ${productStatus ?? 'unknown'}.`,
  remedy: 'Choose a product that is offered.',
};

const NO_DUPLICATE: Rule<OpeningFacts> = {
  id: 'account.unique',
  version: 1,
  refusal: 'account_exists',
  holds: ({ duplicate }) => !duplicate,
  reason: ({ duplicate }) => (duplicate ? 'Such an account exists already.' : 'No such account exists.'),
  remedy: 'Use the account that exists, or name another.',
};

const WITHIN_CAP: Rule<OpeningFacts> = {
  id: 'product.within_cap',
  version: 1,
  refusal: 'account_limit_reached',
  holds: ({ capReached }) => !capReached,
  reason: ({ capReached, maxAccountsPerCustomer }) =>
    maxAccountsPerCustomer === null
      ? 'The product has no cap.'
      : `The cap of ${maxAccountsPerCustomer} accounts per customer is ${capReached ? '' : 'not '}reached.`,
  remedy: 'Close an account of this product, or have the cap raised.',
};

/** The same rule with the refusal `product_not_available`: the product, not the caller, determines the currency. */
function ofProduct<Facts>(rule: Rule<Facts>): Rule<Facts> {
  return { ...rule, refusal: 'product_not_available' };
}

const CURRENCY_RULES: readonly Rule<CurrencyFacts>[] = [CURRENCY_ENABLED, CURRENCY_IN_JURISDICTION];
const PRODUCT_RULES: readonly Rule<ProductFacts>[] = [
  PRODUCT_EXISTS,
  PRODUCT_AVAILABLE,
  ...CURRENCY_RULES.map(ofProduct),
];

/** Every rule of an opening, in the order of refusal. */
export const OPENING_RULES: Readonly<Record<OpeningChannel, readonly Rule<OpeningFacts>[]>> = {
  owner: [...ELIGIBILITY_RULES, CURRENCY_ALLOWED, ...CURRENCY_RULES, NO_DUPLICATE],
  workspace: [...ELIGIBILITY_RULES, ...PRODUCT_RULES, NO_DUPLICATE, WITHIN_CAP],
  platform: [
    ...ELIGIBILITY_RULES,
    CURRENCY_ALLOWED,
    ...CURRENCY_RULES,
    { ...NO_DUPLICATE, refusal: 'account_identifier_taken' },
  ],
};

/** The refusal of an account in this currency; `null`: it may be opened. */
export function currencyRefusal(currency: CurrencyFacts): ErrorCode | null {
  return firstRefusal(CURRENCY_RULES, currency);
}

/** The refusal of an account of this product; `null`: it may be opened. `status` null: the product does not exist. */
export function productRefusal(status: ProductStatus | null, currency: CurrencyFacts): ErrorCode | null {
  return firstRefusal(PRODUCT_RULES, { ...currency, productStatus: status });
}

/** The refusal because of a duplicate; `null`: there is none. */
export function duplicateRefusal(channel: OpeningChannel, facts: OpeningFacts): ErrorCode | null {
  return firstRefusal(
    OPENING_RULES[channel].filter(({ id }) => id === NO_DUPLICATE.id),
    facts,
  );
}

/** A refusal before the opening transaction, with the verdicts of all rules on the facts read so far. */
export function refusedEarly(code: ErrorCode, channel: OpeningChannel, facts: OpeningFacts): AppError {
  return new AppError(code, { verdicts: judge(OPENING_RULES[channel], facts) });
}

/**
 * Whether the text has the form of a currency code: three letters as in ISO 4217, or the code of a digital currency
 * configured in this installation. Case-insensitive.
 */
export function isCurrencyCode(text: string, digitalCodes: ReadonlySet<string>): boolean {
  return /^[A-Za-z]{3}$/.test(text) || digitalCodes.has(text.toUpperCase());
}
