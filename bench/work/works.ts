import type { HttpRequest } from '../load/load.js';
import { BULK } from './bulk.js';
import { LISTS } from './lists.js';
import { OPENINGS } from './openings.js';
import { READS } from './reads.js';
import { TRANSFERS } from './transfers.js';

/** A kind of request, sent again and again. */
export interface Work {
  /** Statuses of answers that say that the work was done. */
  expected: readonly number[];
  /** Each answer with this status stands for so many rows of this table (one); `null`: the work writes nothing. */
  writes: { table: 'accounts' | 'transfers'; status: number; rows?: number } | null;
  /** Works of the same store never send the same number: an owner has each currency once. */
  numbers: string;
  /** Numbers that are the same request; a run begins with the next of these. */
  sameRequest?: number;
  /** @param token an access token, empty where the work needs none */
  requestOf: (number: number, token: string) => HttpRequest;
}

/** Each by its name. */
const WORKS = { ...OPENINGS, ...TRANSFERS, ...BULK, ...READS, ...LISTS };

/** What one answer of a work stands for. */
export function rowsOf({ writes }: Work): number {
  return writes?.rows ?? 1;
}

export type WorkName = keyof typeof WORKS;

export function workNamed(name: WorkName): Work {
  return WORKS[name];
}
