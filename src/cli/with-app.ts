import { resolve } from 'node:path';
import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AppModule } from '../app.module.js';
import {
  ConfigurationError,
  databaseUrlsOf,
  Environment,
  type EnvironmentVariables,
  readEnv,
} from '../config/env.js';
import { startEmbeddedPostgres } from '../embedded-postgres/embedded-postgres.js';
import { prepareDatabase } from '../database/migrate.js';
import { assertPepper } from '../database/pepper-check.js';
import { localSecrets } from '../demo/local-secrets.js';
import { startFailureOf } from '../start-failure.js';
import { DatabaseUnusableError } from './failure.js';
import type { Output } from './output.js';

/** The role of the database that the work connects as; `server` unless the work needs the owner's privileges. */
interface Connection {
  as: 'server' | 'owner';
}

/**
 * Runs work on the installation's database, after migrating it: the database of DATABASE_URL, otherwise the embedded
 * one of VAR_DIR, which is stopped afterwards unless a running app shares it.
 * @throws ConfigurationError, DatabaseUnusableError
 */
export async function withDatabase<T>(
  output: Output,
  work: (env: Environment) => Promise<T>,
  { as }: Connection = { as: 'server' },
): Promise<T> {
  const variables = readEnv(process.env);
  const { env, close } = await open(variables, output, as).catch((error: unknown) => {
    const failure = startFailureOf(error, variables);
    if (failure === null || error instanceof ConfigurationError) throw error;
    throw new DatabaseUnusableError(failure, { cause: error });
  });
  try {
    return await work(env);
  } finally {
    await close();
  }
}

interface Opened {
  env: Environment;
  close: () => Promise<void>;
}

async function open(variables: EnvironmentVariables, output: Output, as: Connection['as']): Promise<Opened> {
  if (variables.DATABASE_URL === undefined) return openEmbedded(variables, output, as);
  const urls = databaseUrlsOf(variables);
  await prepareDatabase(urls);
  const { url, directUrl = url, ownerUrl = directUrl } = urls;
  const env = new Environment(variables, as === 'owner' ? ownerUrl : directUrl, variables);
  await assertPepper(env);
  return { env, close: () => Promise.resolve() };
}

async function openEmbedded(
  variables: EnvironmentVariables,
  output: Output,
  as: Connection['as'],
): Promise<Opened> {
  const home = resolve(variables.VAR_DIR);
  const secrets = await localSecrets(home);
  const log = (line: string): void => {
    output.note(line);
  };
  const embedded = await startEmbeddedPostgres({ home, durable: true, log });
  try {
    await prepareDatabase({ url: embedded.runtimeUrl, ownerUrl: embedded.url });
    const env = new Environment(variables, as === 'owner' ? embedded.url : embedded.runtimeUrl, secrets);
    await assertPepper(env);
    return { env, close: () => embedded.stop() };
  } catch (error) {
    await embedded.stop();
    throw error;
  }
}

/** As `withDatabase`, with every service of the app but without its HTTP server. */
export async function withApp<T>(
  output: Output,
  work: (app: INestApplicationContext) => Promise<T>,
  connection?: Connection,
): Promise<T> {
  const run = async (env: Environment): Promise<T> => {
    const options = { logger: false, abortOnError: false } as const;
    const app = await NestFactory.createApplicationContext(AppModule.with(env), options);
    try {
      return await work(app);
    } finally {
      await app.close();
    }
  };
  return withDatabase(output, run, connection);
}
