import { ConfigurationError, type EnvironmentVariables } from './config/env.js';
import { roleAndDatabaseOf, serverUrls } from './config/database-url.js';
import { isUnreachable } from './database/postgres-errors.js';
import { UnusableServerError } from './database/unusable-server.js';
import { START_EXIT } from './start-exit.js';

/** A sentence that names the variable, and what to do. */
export interface StartFailure {
  exitCode: number;
  message: string;
}

type Variables = Partial<Pick<EnvironmentVariables, 'HOST' | 'PORT' | 'DATABASE_URL' | 'VAR_DIR'>>;

interface SystemError extends Error {
  code?: string;
  syscall?: string;
  path?: string;
}

/** Why a start failed; `null` when the cause is not known, and a stack helps more. */
export function startFailureOf(error: unknown, variables: Variables): StartFailure | null {
  if (error instanceof ConfigurationError)
    return { exitCode: START_EXIT.configuration, message: error.message };
  if (error instanceof UnusableServerError)
    return { exitCode: START_EXIT.unavailable, message: error.message };
  if (!(error instanceof Error)) return null;
  const failure = (error instanceof AggregateError ? (error.errors[0] as SystemError) : error) as SystemError;
  return ofPort(failure, variables) ?? ofFolder(failure, variables) ?? ofDatabase(failure, variables);
}

function ofPort({ code, syscall }: SystemError, { HOST = '', PORT = 0 }: Variables): StartFailure | null {
  if (syscall !== 'listen' && syscall !== 'bind') return null;
  const place = `HOST=${HOST} PORT=${PORT}`;
  if (code === 'EADDRINUSE')
    return unavailable(`${place} is taken: stop the program that listens there, or set PORT (0: a free one)`);
  if (code === 'EACCES') return denied(`${place} is not allowed to this account: set PORT to 1024 or more`);
  return unavailable(`${place} cannot be listened on (${code}): set HOST to an address of this machine`);
}

function ofFolder({ code, path }: SystemError, { VAR_DIR = '' }: Variables): StartFailure | null {
  if (path === undefined && code !== 'ENOSPC') return null;
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return {
      exitCode: START_EXIT.ioError,
      message: `VAR_DIR=${VAR_DIR}: the disk is full. Free space, or set VAR_DIR to a folder elsewhere`,
    };
  if (!['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'ENOENT', 'EEXIST'].includes(code ?? '')) return null;
  return {
    exitCode: START_EXIT.noFile,
    message: `VAR_DIR=${VAR_DIR} cannot be written (${code} ${path}): set VAR_DIR to a folder of this account`,
  };
}

function ofDatabase(failure: SystemError, { DATABASE_URL }: Variables): StartFailure | null {
  const { code = '', message } = failure;
  if (DATABASE_URL === undefined) return null;
  const { role, database } = roleAndDatabaseOf(DATABASE_URL);
  const at = `DATABASE_URL (${serverUrls(DATABASE_URL)
    .map((url) => new URL(url).host)
    .join(', ')})`;
  if (isUnreachable(failure))
    return unavailable(`${at}: no PostgreSQL answers (${message}). Start it, or correct the address`);
  if (code === '28P01' || code === '28000')
    return denied(
      `${at}: PostgreSQL does not let "${role}" in (${message}). Correct the password, or pg_hba.conf`,
    );
  if (code === '3D000')
    return {
      exitCode: START_EXIT.configuration,
      message: `${at}: there is no database "${database}". Create it: CREATE DATABASE "${database}" OWNER "${role}"`,
    };
  if (code === '42501')
    return denied(
      `${at}: "${role}" lacks a privilege (${message}). Migrations need the owner of the tables: set DATABASE_OWNER_URL, or GRANT CREATE ON SCHEMA public`,
    );
  if (/^(57P03|53)/.test(code))
    return unavailable(`${at}: PostgreSQL accepts no connection now (${message})`);
  return null;
}

const unavailable = (message: string): StartFailure => ({ exitCode: START_EXIT.unavailable, message });
const denied = (message: string): StartFailure => ({ exitCode: START_EXIT.noPermission, message });
