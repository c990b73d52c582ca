import { accessSync, chownSync, constants, lstatSync, realpathSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** The account PostgreSQL runs under when the app itself runs as root, which PostgreSQL refuses: nobody. */
const NOBODY = 65534;

export interface ServerAccount {
  uid: number;
  gid: number;
}

/** `undefined`: PostgreSQL runs as whoever runs the app. */
export function serverAccount(): ServerAccount | undefined {
  return process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : undefined;
}

export function giveTo(account: ServerAccount | undefined, path: string): void {
  if (account !== undefined) chownSync(path, account.uid, account.gid);
}

/**
 * Whether the account can walk into a folder, or run a program: search permission on it and on every folder
 * above where it really stands, for a link may lead below a private one.
 */
export function canReach(account: ServerAccount | undefined, path: string): boolean {
  if (account === undefined) return true;
  for (let folder = realpathSync(path); ; folder = dirname(folder)) {
    if (!canSearch(account, folder)) return false;
    if (folder === dirname(folder)) return true;
  }
}

function canSearch(account: ServerAccount, path: string): boolean {
  const { mode, uid, gid } = statSync(path);
  if (uid === account.uid) return (mode & 0o100) !== 0;
  return (mode & (gid === account.gid ? 0o010 : 0o001)) !== 0;
}

export function canWrite(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** Whether a path stands at all, a link that leads nowhere included. */
export function stands(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}
