import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { ClusterPlace } from './cluster-place.js';
import type { ServerAccount } from './server-account.js';

/** The role that owns the tables and migrates. */
export const SUPERUSER = 'vostro';
/** The role that the app connects as; it owns nothing. */
export const RUNTIME_ROLE = 'vostro_app';
export const HOST = '127.0.0.1';

/** The settings that stay the same from one start of an installation to the next. */
export interface Cluster {
  place: ClusterPlace;
  binaries: string;
  account: ServerAccount | undefined;
  /** Password of the superuser. */
  password: string;
  /** Password of the runtime role, URL-safe Base64. */
  runtimePassword: string;
  durable: boolean;
}

/** What a process needs to find and to stop the server. */
export type ServerPlace = Pick<Cluster, 'place' | 'binaries'>;

/** Runs one of PostgreSQL's programs until it exits. @param account `undefined`: the account of the app */
export async function run(
  { place }: ServerPlace,
  account: ServerAccount | undefined,
  ...[program, parameters]: [program: string, parameters: string[]]
): Promise<void> {
  const options = { cwd: place.folder, env: serverEnv(), ...account };
  try {
    await promisify(execFile)(program, parameters, options);
  } catch (error) {
    const { stderr = '', message } = error as Error & { stderr?: string };
    throw new Error(`${program} failed: ${stderr.trim() || message}`, { cause: error });
  }
}

/** Excludes the app's own variables: they contain secrets, and PG* variables would change the server's behaviour. */
export function serverEnv(): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC', SystemRoot: process.env.SystemRoot };
}
