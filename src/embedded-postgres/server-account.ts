import { randomInt } from 'node:crypto';
import {
  accessSync,
  constants,
  lchownSync,
  lstatSync,
  readdirSync,
  readFileSync,
  realpathSync,
  statSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { keptSecret } from './kept-secret.js';

/** Range of user ids that systemd assigns to services while they run (DynamicUser); none has a name. */
const FIRST_OWN = 61_184;
const LAST_OWN = 65_519;
const NOBODY = 65_534;

export interface ServerAccount {
  uid: number;
  gid: number;
}

/** The account with a name that initdb needs while it runs. */
export const INITDB_ACCOUNT: ServerAccount = { uid: NOBODY, gid: NOBODY };

export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/**
 * The account that PostgreSQL runs under when the app runs as root, which PostgreSQL refuses: a user id specific to
 * this installation, so that no other program may read its data. `undefined`: PostgreSQL runs as the app does.
 */
export function serverAccount(home: string): ServerAccount | undefined {
  if (!isRoot()) return undefined;
  const number = Number(keptSecret(join(home, 'postgres.account'), () => String(unusedNumber())));
  return { uid: number, gid: number };
}

function unusedNumber(): number {
  const taken = new Set(
    ['/etc/passwd', '/etc/group'].flatMap((file) =>
      readFileSync(file, 'utf8')
        .split('\n')
        .map((line) => Number(line.split(':')[2])),
    ),
  );
  for (;;) {
    const number = randomInt(FIRST_OWN, LAST_OWN + 1);
    if (!taken.has(number)) return number;
  }
}

/** Changes the owner of a file, or of a folder with its content. */
export function giveTo({ uid, gid }: ServerAccount, path: string): void {
  lchownSync(path, uid, gid);
  if (!lstatSync(path).isDirectory()) return;
  for (const { parentPath, name } of readdirSync(path, { recursive: true, withFileTypes: true }))
    lchownSync(join(parentPath, name), uid, gid);
}

/**
 * Whether the account can traverse a folder, or execute a program: it needs search permission on it and on every folder
 * above its real path, because a link may lead below a private folder.
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

/** Whether a path exists, including a dangling symbolic link. */
export function stands(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}
