import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { CurrenciesService, type CurrencyView } from '../currencies/currencies.service.js';
import { ChangeFeed } from '../database/change-feed.service.js';
import { ReferenceCache } from '../database/reference-cache.js';
import { type DuplicateRule, Product, type ProductStatus } from '../entities/product.entity.js';

export interface ProductView {
  id: number;
  name: string;
  description: string;
  currency: CurrencyView;
  accountType: 'CACC';
  status: ProductStatus;
  maxAccountsPerCustomer: number | null;
  duplicateRule: DuplicateRule;
  createdAt: Date;
  updatedAt: Date;
}

/** The products of the system tenant, cached. */
@Injectable()
export class ProductsService {
  private readonly cache: ReferenceCache<ReadonlyMap<number, ProductView>>;

  constructor(
    private readonly dataSource: DataSource,
    private readonly currencies: CurrenciesService,
    feed: ChangeFeed,
  ) {
    // A cached product contains its currency, so a change of currencies invalidates it as well.
    this.cache = new ReferenceCache(feed, ['products', 'currencies'], () => this.load());
  }

  /** All products by id, including retired ones. */
  async all(): Promise<ReadonlyMap<number, ProductView>> {
    return this.cache.get();
  }

  async find(id: number): Promise<ProductView | null> {
    return (await this.all()).get(id) ?? null;
  }

  /** For ids from a foreign key. @throws Error when the id is unknown */
  async get(id: number): Promise<ProductView> {
    const product = await this.find(id);
    if (product === null) throw new Error(`product ${id} is referenced but unknown`);
    return product;
  }

  /** The products that are not retired and in an enabled currency. Jurisdictions are not considered. */
  async listAvailable(): Promise<ProductView[]> {
    const all = [...(await this.all()).values()];
    return all.filter((product) => product.status === 'available' && product.currency.enabled);
  }

  private async load(): Promise<ReadonlyMap<number, ProductView>> {
    const rows = await this.dataSource.manager.find(Product, { order: { id: 'ASC' } });
    const currencies = await this.currencies.all();
    return new Map(rows.map((row) => [row.id, toView(row, currencies)]));
  }
}

function toView(row: Product, currencies: ReadonlyMap<string, CurrencyView>): ProductView {
  const { id, name, description, accountType, status, createdAt, updatedAt } = row;
  const { maxAccountsPerCustomer, duplicateRule } = row;
  const currency = currencies.get(row.currencyCode);
  if (currency === undefined) throw new Error(`currency ${row.currencyCode} of product ${id} is unknown`);
  return {
    id,
    name,
    description,
    currency,
    accountType,
    status,
    maxAccountsPerCustomer,
    duplicateRule,
    createdAt,
    updatedAt,
  };
}
