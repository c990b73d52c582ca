import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { randomToken } from '../shared/ids.js';
import { readIdentity } from './home-lock.js';
import { writeWhole } from './kept-secret.js';
import { identityOf, isStillThere } from './process-identity.js';

/**
 * Registers this process as a user of the home's server. Call it, and the functions below, under the home's lock.
 * @returns the file that names the process, for `removeUser`
 */
export function addUser(home: string): string {
  mkdirSync(folderOf(home), { recursive: true, mode: 0o700 });
  const file = join(folderOf(home), `${randomToken(6)}.json`);
  writeWhole(file, JSON.stringify(identityOf(process.pid)));
  return file;
}

export function removeUser(file: string): void {
  rmSync(file, { force: true });
}

/** Whether a process that still exists uses the server. Removes the files of processes that have ended. */
export function hasUsers(home: string): boolean {
  let isUsed = false;
  for (const name of namesIn(folderOf(home))) {
    const file = join(folderOf(home), name);
    const user = readIdentity(file);
    if (user !== undefined && isStillThere(user)) isUsed = true;
    else rmSync(file, { force: true });
  }
  return isUsed;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

function folderOf(home: string): string {
  return join(home, 'embedded-users');
}
