import { resolve } from 'node:path';
import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AppModule } from '../app.module.js';
import { Environment, migrationOf, readEnv } from '../config/env.js';
import { startEmbeddedPostgres } from '../database/embedded/embedded-postgres.js';
import { migrate } from '../database/migrate.js';
import { localSecrets } from '../demo/local-secrets.js';
import type { Output } from './output.js';

/**
 * Runs work on the installation's database, brought up to date: the one of DATABASE_URL, else the embedded one of
 * VAR_DIR, which is stopped again unless a running app shares it.
 * @throws ConfigurationError
 */
export async function withDatabase<T>(output: Output, work: (env: Environment) => Promise<T>): Promise<T> {
  const variables = readEnv(process.env);
  if (variables.DATABASE_URL !== undefined) {
    await migrate(...migrationOf(variables.DATABASE_OWNER_URL, variables.DATABASE_URL));
    return work(new Environment(variables, variables.DATABASE_URL, variables));
  }
  const home = resolve(variables.VAR_DIR);
  const secrets = await localSecrets(home);
  const log = (line: string): void => {
    output.note(line);
  };
  const embedded = await startEmbeddedPostgres({ home, durable: true, log });
  try {
    await migrate(...migrationOf(embedded.url, embedded.runtimeUrl));
    return await work(new Environment(variables, embedded.runtimeUrl, secrets));
  } finally {
    await embedded.stop();
  }
}

/** The same with every service of the app, none of which listens. */
export async function withApp<T>(
  output: Output,
  work: (app: INestApplicationContext) => Promise<T>,
): Promise<T> {
  return withDatabase(output, async (env) => {
    const options = { logger: false, abortOnError: false } as const;
    const app = await NestFactory.createApplicationContext(AppModule.with(env), options);
    try {
      return await work(app);
    } finally {
      await app.close();
    }
  });
}
