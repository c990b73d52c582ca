import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { ConfigurationError } from '../config/env.js';
import { ensureReferenceData } from '../demo/demo-data.js';
import { Currency } from '../entities/currency.entity.js';
import { Product } from '../entities/product.entity.js';
import { Clock } from '../shared/clock.js';

const SCHEMA = 'sandbox';
/** Table with one row per platform and table: the rows of that table, as JSON. */
export const SNAPSHOTS = `${SCHEMA}.snapshots`;
/** An arbitrary advisory-lock key: 'sand' in ASCII. */
const LOCK = 0x73616e64;

/** Exists in the bank, but is disabled. ISO 4217 reserves the code for testing, so no money is ever kept in it. */
export const REFUSED_CURRENCY = 'XTS';

/**
 * Marks an empty database as a sandbox's, once. The mark is a separate schema. Every other sandbox operation requires
 * it; a bank's database never has it, so a variable set by mistake cannot turn it into a sandbox.
 */
@Injectable()
export class SandboxDatabase implements OnModuleInit {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  /** @throws ConfigurationError when the database contains data that no sandbox has created */
  async onModuleInit(): Promise<void> {
    await this.dataSource.transaction(async (tx) => {
      await tx.query('SELECT pg_advisory_xact_lock($1)', [LOCK]);
      await claim(tx);
      await ensureReferenceData(tx, this.clock.now());
      await ensureRefusedCurrency(tx, this.clock.now());
    });
  }

  /** The product in the disabled currency. */
  async refusedProductId(): Promise<number> {
    const product = await this.dataSource.manager.findOneByOrFail(Product, {
      currencyCode: REFUSED_CURRENCY,
    });
    return product.id;
  }
}

async function claim(tx: EntityManager): Promise<void> {
  const [{ isOurs, isEmpty }] = await tx.query<[{ isOurs: boolean; isEmpty: boolean }]>(
    `SELECT EXISTS (SELECT 1 FROM pg_namespace WHERE nspname = $1) AS "isOurs",
       NOT EXISTS (SELECT 1 FROM platforms WHERE id <> 0) AND NOT EXISTS (SELECT 1 FROM admins) AS "isEmpty"`,
    [SCHEMA],
  );
  if (isOurs) return;
  if (!isEmpty)
    throw new ConfigurationError([
      'SANDBOX is set, but the database holds platforms or admins that no sandbox made: give it an empty database, or ' +
        'without DATABASE_URL another VAR_DIR',
    ]);
  await tx.query(`CREATE SCHEMA ${SCHEMA}`);
  await tx.query(`CREATE TABLE ${SNAPSHOTS} (platform_id bigint NOT NULL, table_name text NOT NULL,
    rows jsonb NOT NULL, CONSTRAINT pk_snapshots PRIMARY KEY (platform_id, table_name))`);
}

async function ensureRefusedCurrency(tx: EntityManager, now: Date): Promise<void> {
  if (await tx.existsBy(Product, { currencyCode: REFUSED_CURRENCY })) return;
  const [{ id }] = await tx.query<[{ id: number }]>('SELECT max(id) + 1 AS id FROM currencies');
  const dates = { createdAt: now, updatedAt: now };
  await tx.insert(Currency, {
    id,
    code: REFUSED_CURRENCY,
    name: 'Code reserved for testing',
    symbol: REFUSED_CURRENCY,
    decimals: 2,
    kind: 'fiat',
    enabled: false,
    swiftMinimumWithdrawalMinor: '0',
    ...dates,
  });
  const [product] = await tx.query<[{ id: number }]>(`SELECT nextval('products_id_seq')::int AS id`);
  await tx.insert(Product, {
    id: product.id,
    name: 'XTS current account',
    description: 'A product that is always refused.',
    currencyCode: REFUSED_CURRENCY,
    accountType: 'CACC',
    status: 'available',
    maxAccountsPerCustomer: null,
    duplicateRule: 'one_per_product_and_alias',
    ...dates,
  });
}
