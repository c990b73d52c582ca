import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { columns } from '../database/columns.js';
import type { AuditContext } from '../audit/audit-context.js';
import { AuditTrail, changeOf } from '../audit/audit-trail.service.js';
import { ChangeFeed } from '../database/change-feed.service.js';
import { listPage } from '../database/listing.js';
import { Currency } from '../entities/currency.entity.js';
import { SYSTEM_PLATFORM_ID } from '../entities/platform.entity.js';
import { DUPLICATE_RULES, Product, type ProductStatus } from '../entities/product.entity.js';
import {
  type IdempotentCommand,
  IdempotentTransaction,
} from '../idempotency/idempotent-transaction.service.js';
import { AppError } from '../shared/app-error.js';
import { Clock } from '../shared/clock.js';
import { byPartOf, type ListQuery, type ListSpec, type Page } from '../shared/listing.js';
import { toSystemId } from '../shared/object-id.js';
import { assertNextState, type StateMachine } from '../shared/state-machine.js';

export const PRODUCT_TRANSITIONS = ['retire', 'offer'] as const;
export type ProductTransition = (typeof PRODUCT_TRANSITIONS)[number];

export const PRODUCT_MACHINE: StateMachine<ProductStatus, ProductTransition> = {
  retire: { from: ['available'], to: 'retired' },
  offer: { from: ['retired'], to: 'available' },
};

export { DUPLICATE_RULES };

/** A stored product, with the code of its currency. */
export type ProductRow = Omit<Product, 'currency'>;

export type NewProduct = Pick<
  Product,
  'name' | 'description' | 'currencyCode' | 'maxAccountsPerCustomer' | 'duplicateRule'
>;
/** A missing field stays as it is. The currency of a product never changes. */
export type ProductChange = Partial<Omit<NewProduct, 'currencyCode'>>;

/** How products are listed. */
export const PRODUCT_LIST: ListSpec = {
  select: columns(Product, 'p', [
    'id',
    'name',
    'description',
    'currencyCode',
    'accountType',
    'status',
    'maxAccountsPerCustomer',
    'duplicateRule',
    'createdAt',
    'updatedAt',
  ]),
  from: 'products p',
  key: 'p.id',
  filters: {
    name: byPartOf('p.name', 'With this in the name, ignoring case.'),
    currency: {
      description: 'In this currency.',
      schema: { type: 'string', example: 'USD' },
      sql: 'p.currency_code = ?',
    },
    status: {
      description: 'Offered, or not any more.',
      schema: { type: 'string', enum: ['available', 'retired'] },
      sql: 'p.status = ?',
    },
  },
  sorts: { name: { sql: 'p.name', type: 'text' }, createdAt: { sql: 'p.created_at', type: 'timestamptz' } },
  defaultSort: 'name',
};

/**
 * Changes of products by admins. Transactions read a change at once; the caches of all processes follow within a
 * second.
 */
@Injectable()
export class ProductAdministration {
  constructor(
    private readonly dataSource: DataSource,
    private readonly transaction: IdempotentTransaction,
    private readonly feed: ChangeFeed,
    private readonly trail: AuditTrail,
    private readonly clock: Clock,
  ) {}

  list(query: ListQuery): Promise<Page<ProductRow>> {
    return listPage<ProductRow>(this.dataSource, PRODUCT_LIST, query);
  }

  /** @throws AppError object_not_found */
  async get(id: number): Promise<ProductRow> {
    const product = await this.dataSource.manager.findOneBy(Product, { id });
    if (product === null) throw new AppError('object_not_found');
    return product;
  }

  /** @throws AppError name_taken, validation_failed for an unknown currency */
  async create(wanted: NewProduct, { audit, claim }: IdempotentCommand<ProductRow>): Promise<ProductRow> {
    return this.transaction.run<ProductRow>(claim, async (tx) => {
      await assertCurrency(tx, wanted.currencyCode);
      const [{ id }] = await tx.query<[{ id: string }]>(`SELECT nextval('products_id_seq') AS id`);
      const now = this.clock.now();
      const product = tx.create(Product, {
        ...wanted,
        id: Number(id),
        accountType: 'CACC',
        status: 'available',
        createdAt: now,
        updatedAt: now,
      });
      await tx.insert(Product, product);
      await this.record(tx, product, { action: 'created', audit, before: null, after: wanted });
      return product;
    });
  }

  /**
   * A new duplicate rule or cap applies to later openings; existing accounts are not changed.
   * @throws AppError object_not_found, name_taken
   */
  async amend(
    id: number,
    change: ProductChange,
    { audit, claim }: IdempotentCommand<ProductRow>,
  ): Promise<ProductRow> {
    return this.transaction.run<ProductRow>(claim, async (tx) =>
      this.change(tx, await lock(tx, id), change, { audit, action: 'amended' }),
    );
  }

  /** @throws AppError object_not_found, transition_not_allowed */
  async do(
    id: number,
    productAct: ProductTransition,
    { audit, claim }: IdempotentCommand<ProductRow>,
  ): Promise<ProductRow> {
    return this.transaction.run<ProductRow>(claim, async (tx) => {
      const product = await lock(tx, id);
      const status = assertNextState(PRODUCT_MACHINE, product.status, productAct);
      return this.change(
        tx,
        product,
        { status },
        { audit, action: productAct === 'retire' ? 'retired' : 'offered' },
      );
    });
  }

  private async change(
    tx: EntityManager,
    product: Product,
    change: Partial<Product>,
    { audit, action }: { audit: AuditContext; action: string },
  ): Promise<Product> {
    const states = changeOf(product, change);
    const changed = { ...change, updatedAt: this.clock.now() };
    await tx.update(Product, { id: product.id }, changed);
    await this.record(tx, product, { action, audit, ...states });
    return Object.assign(product, changed);
  }

  private async record(
    tx: EntityManager,
    { id }: Product,
    { action, ...what }: { action: string; audit: AuditContext; before: object | null; after: object },
  ): Promise<void> {
    await this.feed.announce(tx, 'products');
    const objectId = toSystemId('prd', id);
    await this.trail.append(tx, {
      platformId: SYSTEM_PLATFORM_ID,
      action: `product.${action}`,
      objectId,
      ...what,
    });
  }
}

async function lock(tx: EntityManager, id: number): Promise<Product> {
  const product = await tx.findOne(Product, { where: { id }, lock: { mode: 'pessimistic_write' } });
  if (product === null) throw new AppError('object_not_found');
  return product;
}

async function assertCurrency(tx: EntityManager, code: string): Promise<void> {
  if (await tx.existsBy(Currency, { code })) return;
  const field = {
    path: 'currency',
    constraint: 'currency' as const,
    message: 'must be a currency of this bank',
  };
  throw new AppError('validation_failed', { fields: [{ ...field, invalidValue: code }] });
}
