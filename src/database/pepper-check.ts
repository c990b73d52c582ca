import type { EntityManager } from 'typeorm';
import { ConfigurationError, type Environment } from '../config/env.js';
import { PepperCheck } from '../entities/pepper-check.entity.js';
import { checkValueOf } from '../shared/pepper.js';
import { SealedBox } from '../shared/sealed-box.js';
import { SEALED, type SealedColumn } from './sealed-columns.js';
import { withDataSource } from './with-data-source.js';

/** Advisory-lock key that no other code uses: 'pepr' in ASCII. */
const LOCK = 0x70657072;

type Peppers = readonly string[];

/**
 * Refuses to start with a pepper that is not the database's: every key would be refused, and rows written under it
 * could not be decrypted with the right pepper. The database stores a check value of each pepper that was the first of
 * SECRET_PEPPER; the latest of them must be listed.
 * @param env of an up-to-date database
 * @throws ConfigurationError naming SECRET_PEPPER
 */
export async function assertPepper({ directUrl, secretPeppers }: Environment): Promise<void> {
  await withDataSource(directUrl, 1, async (dataSource) => {
    const known = await newest(dataSource.manager);
    if (known !== null && isFirst(known, secretPeppers)) return;
    await dataSource.transaction((tx) => assertOrAdd(tx, secretPeppers));
  });
}

async function assertOrAdd(tx: EntityManager, peppers: Peppers): Promise<void> {
  await tx.query('SELECT pg_advisory_xact_lock($1)', [LOCK]);
  const known = await newest(tx);
  if (known === null ? await isOfAnother(tx, peppers) : !isListed(known, peppers)) throw wrongPepper();
  const rows = await tx.find(PepperCheck, { order: { id: 'ASC' } });
  if (rows.some((row) => isFirst(row, peppers))) return;
  const [first = ''] = peppers;
  const id = (rows.at(-1)?.id ?? 0) + 1;
  await tx.insert(PepperCheck, { id, checkValue: checkValueOf(first), createdAt: new Date() });
}

async function newest(tx: EntityManager): Promise<PepperCheck | null> {
  const [row] = await tx.find(PepperCheck, { order: { id: 'DESC' }, take: 1 });
  return row ?? null;
}

function isFirst({ checkValue }: PepperCheck, [first = '']: Peppers): boolean {
  return checkValueOf(first).equals(checkValue);
}

function isListed({ checkValue }: PepperCheck, peppers: Peppers): boolean {
  return peppers.some((pepper) => checkValueOf(pepper).equals(checkValue));
}

/**
 * For a database older than check values: whether it contains encrypted texts, and none of the sampled ones
 * decrypts.
 */
async function isOfAnother(tx: EntityManager, peppers: Peppers): Promise<boolean> {
  const opened: boolean[] = [];
  for (const column of Object.values(SEALED)) {
    const opens = await opensOne(tx, column, peppers);
    if (opens !== null) opened.push(opens);
  }
  return opened.length > 0 && !opened.includes(true);
}

/** Whether a sample of the column decrypts; `null`: there is none. */
async function opensOne(
  tx: EntityManager,
  { purpose, table, columns: [column = ''], key }: SealedColumn,
  peppers: Peppers,
): Promise<boolean | null> {
  const names = key.map(({ name }) => `${name}::text`).join(', ');
  const [row] = await tx.query<{ sealed: Buffer; key: string[] }[]>(
    `SELECT ${column} AS sealed, ARRAY[${names}] AS key FROM ${table} WHERE ${column} IS NOT NULL LIMIT 1`,
  );
  return row === undefined ? null : new SealedBox(peppers, purpose).find(row.sealed, row.key) !== null;
}

function wrongPepper(): ConfigurationError {
  return new ConfigurationError([
    'SECRET_PEPPER is not the one of this database: list the pepper that its secrets were made under',
  ]);
}
