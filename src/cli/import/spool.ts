import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

export interface Spool {
  path: string;
  remove: () => void;
}

/** Stores a stream in a temporary file of this account, because an import reads its input twice. */
export async function spoolOf(stream: Readable): Promise<Spool> {
  const folder = mkdtempSync(join(tmpdir(), 'vostro-import-'));
  const path = join(folder, 'input');
  const remove = (): void => {
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await pipeline(stream, createWriteStream(path, { mode: 0o600 }));
    return { path, remove };
  } catch (error) {
    remove();
    throw error;
  }
}
