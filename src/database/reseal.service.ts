import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Environment } from '../config/env.js';
import { SealedBox } from '../shared/sealed-box.js';
import { SEALED, type SealedColumn } from './sealed-columns.js';

const BATCH_ROWS = 500;

/** Progress of a table with encrypted texts. */
export interface Resealed {
  table: string;
  /** Encrypted again, under the newest pepper. */
  resealed: number;
  /** Already encrypted under the newest pepper, or changed in the meantime. */
  current: number;
  /** Not decrypted by any listed pepper. */
  unreadable: number;
}

export interface ResealRun {
  isCancelled: () => boolean;
  onProgress: (rows: number, total: number) => void;
}

interface Row {
  key: string[];
  texts: (Buffer | null)[];
}

/**
 * Encrypts again, under the newest pepper, every text that was encrypted under an older one. It may run beside servers,
 * be interrupted and be started again: a text is replaced only if it has not changed since it was read.
 */
@Injectable()
export class Reseal {
  constructor(
    private readonly env: Environment,
    private readonly dataSource: DataSource,
  ) {}

  /** Resolves to `null` when it was cancelled. */
  async run({ isCancelled, onProgress }: ResealRun): Promise<Resealed[] | null> {
    const all: readonly SealedColumn[] = Object.values(SEALED);
    const counts = await Promise.all(all.map((column) => this.count(column)));
    const total = counts.reduce((sum, count) => sum + count, 0);
    const found: Resealed[] = [];
    let done = 0;
    for (const column of all) {
      const box = new SealedBox(this.env.secretPeppers, column.purpose);
      const result = { table: column.table, resealed: 0, current: 0, unreadable: 0 };
      for await (const rows of this.batches(column)) {
        if (isCancelled()) return null;
        for (const row of rows) await this.resealRow(box, column, row, result);
        onProgress((done += rows.length), total);
      }
      found.push(result);
    }
    return found;
  }

  private async count({ table, columns }: SealedColumn): Promise<number> {
    const [row] = await this.dataSource.query<[{ count: number }]>(
      `SELECT count(*)::int AS count FROM ${table} WHERE ${isSealed(columns)}`,
    );
    return row.count;
  }

  /** Batches in the order of the primary key; each begins after the last row of the previous one. */
  private async *batches({ table, columns, key }: SealedColumn): AsyncGenerator<Row[]> {
    const names = key.map(({ name }) => name).join(', ');
    const places = key.map(({ type }, index) => `$${index + 1}::${type}`).join(', ');
    const texts = key.map(({ name }) => `${name}::text`).join(', ');
    const select = `SELECT ARRAY[${texts}] AS key, ARRAY[${columns.join(', ')}] AS texts FROM ${table}`;
    let after: string[] | null = null;
    for (;;) {
      const where = after === null ? isSealed(columns) : `${isSealed(columns)} AND (${names}) > (${places})`;
      const sql = `${select} WHERE ${where} ORDER BY ${names} LIMIT ${BATCH_ROWS}`;
      const rows: Row[] = await this.dataSource.query<Row[]>(sql, after ?? []);
      if (rows.length > 0) yield rows;
      const last = rows.at(-1);
      if (last === undefined || rows.length < BATCH_ROWS) return;
      after = last.key;
    }
  }

  private async resealRow(
    box: SealedBox,
    column: SealedColumn,
    ...[{ key, texts }, result]: [row: Row, result: Resealed]
  ): Promise<void> {
    for (const [index, sealed] of texts.entries()) {
      if (sealed === null) continue;
      result[await this.resealText(box, column, index, { key, sealed })] += 1;
    }
  }

  private async resealText(
    box: SealedBox,
    column: SealedColumn,
    ...[index, { key, sealed }]: [index: number, text: { key: string[]; sealed: Buffer }]
  ): Promise<'resealed' | 'current' | 'unreadable'> {
    if (box.isCurrent(sealed, key)) return 'current';
    const text = box.find(sealed, key);
    if (text === null) return 'unreadable';
    const isReplaced = await this.replace(column, index, { key, sealed, anew: box.seal(text, key) });
    return isReplaced ? 'resealed' : 'current';
  }

  private async replace(
    { table, columns, key: names }: SealedColumn,
    index: number,
    { key, sealed, anew }: { key: string[]; sealed: Buffer; anew: Buffer },
  ): Promise<boolean> {
    const column = columns[index] ?? '';
    const isRow = names.map(({ name, type }, at) => `${name} = $${at + 1}::${type}`).join(' AND ');
    const [, count] = await this.dataSource.query<[unknown, number]>(
      `UPDATE ${table} SET ${column} = $${key.length + 2} WHERE ${isRow} AND ${column} = $${key.length + 1}`,
      [...key, sealed, anew],
    );
    return count === 1;
  }
}

const isSealed = (columns: readonly string[]): string => `coalesce(${columns.join(', ')}) IS NOT NULL`;
