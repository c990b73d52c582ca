import 'reflect-metadata';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generateKeyPairSync } from 'node:crypto';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { AppModule } from '../app.module.js';
import { Environment, readEnv } from '../config/env.js';
import { API_DOCUMENTS, createDocument } from '../openapi/documents.js';

const FOLDER = 'docs/openapi';

/** `npm run openapi` writes the documents of the built app; `npm run openapi:check` fails when they differ. */
async function main(mode: string | undefined): Promise<void> {
  const stale: string[] = [];
  for (const [path, text] of await documents()) {
    if (mode === '--write') await writeFile(path, text);
    else if ((await readFile(path, 'utf8').catch(() => '')) !== text) stale.push(path);
  }
  if (stale.length === 0) return;
  process.stderr.write(`Stale: ${stale.join(', ')}. Run npm run openapi and commit the result.\n`);
  process.exitCode = 1;
}

async function documents(): Promise<[path: string, text: string][]> {
  // A preview builds no provider, so it needs neither a database nor real secrets.
  const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const secrets = {
    SECRET_PEPPER: '',
    TOKEN_SIGNING_KEY: key.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
  // A sandbox has every API there is.
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

main(process.argv[2]).catch((error: unknown) => {
  process.stderr.write(`${String((error as Error).stack)}\n`);
  process.exitCode = 1;
});
