import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readlinkSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { randomToken } from '../shared/ids.js';
import { keptSecret } from './kept-secret.js';
import { canReach, canWrite, isRoot, type ServerAccount, stands } from './server-account.js';

const SYSTEM_STATE = '/var/lib';
const EVERYONES_TEMPORARY = '/tmp';
const SEARCH_BY_ALL = 0o111;

/** The folders of one installation's server. */
export interface ClusterPlace {
  /** Readable for the app's account only: secrets and locks. */
  home: string;
  /** Data, log and possibly copied binaries, accessible to the server's account. */
  folder: string;
  data: string;
  log: string;
}

/** The home with symbolic links resolved, so that every start uses the same path for the same data. */
export function preparedHome(home: string): string {
  const isNew = !existsSync(home);
  mkdirSync(home, { recursive: true });
  // The umask may forbid it, but the server's account must be able to traverse the folder; secret files inside have
  // stricter modes.
  if (isNew && isRoot()) letPass(home);
  return realpathSync(home);
}

/**
 * Usually everything is in `home`. If the server's account cannot traverse a folder above it (root's home, or a private
 * temporary folder), the data directory gets a generated name in the system's state folder. The name is stored in
 * `home`, so that a new home never finds the data of another.
 * @param home of `preparedHome`
 */
export function clusterPlace(home: string, account: ServerAccount | undefined): ClusterPlace {
  const usual = join(home, 'postgres');
  const data =
    earlierData(usual, account) ?? (canReach(account, home) ? usual : dataElsewhere(home, account));
  // A symbolic link at the usual place, for operators and for the next start.
  if (data !== usual) lead(usual, data);
  const folder = dirname(data);
  return { home, folder, data, log: join(folder, 'postgres.log') };
}

/** Data stays where an earlier start put it, even when a new installation would now choose another place. */
function earlierData(usual: string, account: ServerAccount | undefined): string | undefined {
  if (!stands(usual)) return undefined;
  if (lstatSync(usual).isSymbolicLink()) {
    const folder = dirname(readlinkSync(usual));
    return existsSync(folder) ? join(realpathSync(folder), basename(readlinkSync(usual))) : undefined;
  }
  const home = dirname(usual);
  if (!canReach(account, home) && canReach(account, dirname(home))) letPass(home);
  if (canReach(account, home)) return usual;
  throw new Error(
    `${usual} holds PostgreSQL's data, but PostgreSQL, which refuses to run as root, cannot enter a folder ` +
      'above it: move it, or run as an ordinary user',
  );
}

function lead(usual: string, data: string): void {
  if (stands(usual) && readlinkSync(usual) === data) return;
  rmSync(usual, { force: true });
  symlinkSync(data, usual);
}

function dataElsewhere(home: string, account: ServerAccount | undefined): string {
  const id = keptSecret(join(home, 'installation-id'), () => randomToken(16));
  const folder = isUsable(SYSTEM_STATE, account)
    ? join(SYSTEM_STATE, 'vostro', id)
    : join(isUsable(tmpdir(), account) ? tmpdir() : EVERYONES_TEMPORARY, `vostro-${id}`);
  if (dirname(folder) === join(SYSTEM_STATE, 'vostro')) makeOwn(dirname(folder));
  makeOwn(folder);
  return join(realpathSync(folder), 'postgres');
}

function isUsable(folder: string, account: ServerAccount | undefined): boolean {
  return existsSync(folder) && canWrite(folder) && canReach(account, folder);
}

/** In a world-writable folder another user could create the path first. */
function makeOwn(folder: string): void {
  mkdirSync(folder, { recursive: true });
  if (process.getuid !== undefined && lstatSync(folder).uid !== process.getuid())
    throw new Error(`${folder} belongs to another user`);
  letPass(folder);
}

function letPass(folder: string): void {
  const { mode } = lstatSync(folder);
  if ((mode & SEARCH_BY_ALL) !== SEARCH_BY_ALL) chmodSync(folder, (mode & 0o7777) | SEARCH_BY_ALL);
}
