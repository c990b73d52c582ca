import type { EntityManager } from 'typeorm';
import { KEY_PREFIX } from '../auth/credential-authenticator.service.js';
import { parseOpaqueToken } from '../auth/opaque-token.js';
import { Credential } from '../entities/credential.entity.js';
import type { StoredDemo } from './demo-file.js';

/**
 * The files of this database's demo among those of a folder. Keys are random, so files with a key that the database
 * knows belong to it. If there are none, the first number without readable files is used, so that files of another
 * database are never overwritten.
 */
export async function demoOfDatabase(tx: EntityManager, stored: readonly StoredDemo[]): Promise<StoredDemo> {
  for (const candidate of stored) if (await isOfDatabase(tx, candidate)) return candidate;
  const taken = new Set(stored.filter((files) => !isEmpty(files)).map(({ number }) => number));
  let number = 1;
  while (taken.has(number)) number++;
  return { number, demo: null, operators: null };
}

/** The platform of the key in the demo's file; `null` when there is no file. */
export function platformIdIn({ demo }: StoredDemo): string | null {
  return demo === null ? null : (parseOpaqueToken(KEY_PREFIX, demo.platform.key)?.platformId ?? null);
}

function isEmpty({ demo, operators }: StoredDemo): boolean {
  return demo === null && operators === null;
}

/** Files edited by hand may lack members. */
async function isOfDatabase(tx: EntityManager, files: StoredDemo): Promise<boolean> {
  if (isEmpty(files)) return false;
  const demo = files.demo as { platform?: { key?: unknown } } | null;
  const operators = files.operators as { approver?: { key?: unknown } } | null;
  const isDemo = demo === null || (await isKnown(tx, demo.platform?.key));
  return isDemo && (operators === null || (await isKnown(tx, operators.approver?.key)));
}

async function isKnown(tx: EntityManager, key: unknown): Promise<boolean> {
  const platformId = typeof key === 'string' ? parseOpaqueToken(KEY_PREFIX, key)?.platformId : undefined;
  return platformId !== undefined && (await tx.existsBy(Credential, { platformId, key: String(key) }));
}
