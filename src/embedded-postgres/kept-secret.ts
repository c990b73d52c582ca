import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

/**
 * A secret in a file with mode 0600, generated on first use. It is written to a temporary file and renamed, so that a
 * crash never leaves an empty one. Call it under the home's lock.
 */
export function keptSecret(path: string, make: () => string): string {
  if (!existsSync(path)) writeWhole(path, make());
  return readFileSync(path, 'utf8').trim();
}

export function writeWhole(path: string, content: string): void {
  const partial = `${path}.partial`;
  writeFileSync(partial, content, { mode: 0o600, flush: true });
  renameSync(partial, path);
}
