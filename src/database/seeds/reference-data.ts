import type { EntityManager } from 'typeorm';
import { Currency } from '../../entities/currency.entity.js';
import { JurisdictionCurrency } from '../../entities/jurisdiction-currency.entity.js';
import { Jurisdiction } from '../../entities/jurisdiction.entity.js';
import { Product } from '../../entities/product.entity.js';
import { DIGITAL_CURRENCIES } from './digital-currencies.js';
import { ISO_4217 } from './iso-4217.js';

/** Each jurisdiction with the currencies enabled in it. */
const JURISDICTIONS: readonly { code: string; name: string; currencies: readonly string[] }[] = [
  { code: 'DE', name: 'Germany', currencies: ['BTC', 'CHF', 'EUR', 'GBP', 'USD'] },
  {
    code: 'GB',
    name: 'United Kingdom',
    currencies: ['AUD', 'BTC', 'CAD', 'CHF', 'EUR', 'GBP', 'JPY', 'USD'],
  },
  { code: 'US', name: 'United States', currencies: ['AUD', 'CAD', 'EUR', 'GBP', 'JPY', 'USD'] },
  { code: 'ZA', name: 'South Africa', currencies: ['BTC', 'EUR', 'GBP', 'USD', 'ZAR'] },
];

/** Currencies that have their own product. */
const MAIN_CURRENCIES = ['AUD', 'CAD', 'CHF', 'EUR', 'GBP', 'JPY', 'USD', 'ZAR'];
/** Smallest SWIFT withdrawal of a fiat currency, in major units. */
const SWIFT_MINIMUM_MAJOR = 50n;

/** The initial currencies, jurisdictions and products. */
export async function seedReferenceData(tx: EntityManager, now: Date): Promise<void> {
  const currencies = toCurrencies(now);
  await tx.insert(Currency, currencies);
  await tx.insert(
    Jurisdiction,
    JURISDICTIONS.map(({ code, name }) => ({ code, name, createdAt: now })),
  );
  await tx.insert(
    JurisdictionCurrency,
    JURISDICTIONS.flatMap(({ code, currencies: enabled }) =>
      enabled.map((currencyCode) => ({ jurisdictionCode: code, currencyCode, createdAt: now })),
    ),
  );
  const main = currencies.filter(({ code }) => MAIN_CURRENCIES.includes(code));
  await tx.insert(
    Product,
    main.map((currency, index) => toProduct(index + 1, currency, now)),
  );
  // A role that does not own the sequence may advance it but not set it.
  await tx.query(`SELECT nextval('products_id_seq') FROM generate_series(1, $1)`, [main.length]);
}

function toCurrencies(now: Date): Currency[] {
  const fiat = ISO_4217.map((fact) => ({ ...fact, kind: 'fiat' as const }));
  const digital = DIGITAL_CURRENCIES.map((fact) => ({ ...fact, kind: 'digital' as const }));
  return [...fiat, ...digital].map(({ code, name, symbol, decimals, kind }, index) => ({
    id: index + 1,
    code,
    name,
    symbol,
    decimals,
    kind,
    enabled: true,
    swiftMinimumWithdrawalMinor: String(kind === 'fiat' ? SWIFT_MINIMUM_MAJOR * 10n ** BigInt(decimals) : 0n),
    createdAt: now,
    updatedAt: now,
  }));
}

function toProduct(id: number, { code, name }: Currency, now: Date): Omit<Product, 'currency'> {
  return {
    id,
    name: `${code} current account`,
    description: `A current account in ${name}.`,
    currencyCode: code,
    accountType: 'CACC',
    status: 'available',
    maxAccountsPerCustomer: null,
    duplicateRule: 'one_per_product_and_alias',
    createdAt: now,
    updatedAt: now,
  };
}
