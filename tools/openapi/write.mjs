/** `npm run openapi` writes the documents of the built app; `npm run openapi:check` fails when they differ. */
import { generateKeyPairSync } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';

// Uses the compiled app: only tsc emits the decorators' metadata.
const require = createRequire(import.meta.url);
require('reflect-metadata');
const { NestFactory } = require('@nestjs/core');
const { FastifyAdapter } = require('@nestjs/platform-fastify');
const { AppModule } = require('../../dist/app.module.js');
const { Environment, readEnv } = require('../../dist/config/env.js');
const { API_DOCUMENTS, createDocument } = require('../../dist/openapi/documents.js');

const FOLDER = 'docs/openapi';

const stale = [];
for (const [path, text] of await documents()) {
  if (process.argv[2] === '--write') await writeFile(path, text);
  else if ((await readFile(path, 'utf8').catch(() => '')) !== text) stale.push(path);
}
if (stale.length > 0) {
  process.stderr.write(`Stale: ${stale.join(', ')}. Run npm run openapi and commit the result.\n`);
  process.exitCode = 1;
}

async function documents() {
  // A preview creates no provider, so it needs neither a database nor real secrets.
  const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const secrets = {
    SECRET_PEPPER: '',
    TOKEN_SIGNING_KEY: key.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
  // A sandbox has every API.
  const env = new Environment(readEnv({ SANDBOX: '1' }), '', secrets);
  const app = await NestFactory.create(AppModule.with(env), new FastifyAdapter(), {
    preview: true,
    logger: false,
    abortOnError: false,
  });
  return API_DOCUMENTS.map((api) => [
    join(FOLDER, `${api.name}.json`),
    `${JSON.stringify(createDocument(app, api), null, 2)}\n`,
  ]);
}
