import 'reflect-metadata';
import { resolve } from 'node:path';
import { ConfigurationError, databaseUrlsOf, Environment, readEnv } from '../config/env.js';
import { createApp } from '../configure-app.js';
import { prepareDatabase } from '../database/migrate.js';
import { prepareDemo } from '../demo/demo.js';
import { openLog } from '../server/logging/log.js';

/** `npm run seed`: creates the demo in the database of DATABASE_URL, for a trial or a contract test. */
async function main(): Promise<void> {
  const variables = readEnv(process.env);
  const { DATABASE_URL } = variables;
  if (DATABASE_URL === undefined) {
    throw new ConfigurationError(['DATABASE_URL is required: without it npm start seeds its own database']);
  }
  const env = new Environment(variables, DATABASE_URL, variables);
  await prepareDatabase(databaseUrlsOf(variables));
  const app = await createApp(env, openLog(env.LOG_LEVEL, 'stderr'));
  const folder = resolve(variables.VAR_DIR);
  const baseUrl = env.publicUrl ?? `http://${env.HOST}:${env.PORT}`;
  const { path } = await prepareDemo(app, { folder, baseUrl });
  await app.close();
  process.stdout.write(`The demo is ready; its credentials are in ${path}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(
    `${error instanceof ConfigurationError ? error.message : String((error as Error).stack)}\n`,
  );
  process.exitCode = 1;
});
