import 'reflect-metadata';
import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Draining } from './server/draining.service.js';
import type { DatabaseUrls } from './config/database-url.js';
import { databaseUrlsOf, Environment, type EnvironmentVariables, readEnv } from './config/env.js';
import { logLevelOf } from './config/log-level.js';
import { misspeltVariables } from './config/misspelt-variables.js';
import { createApp } from './configure-app.js';
import type { EmbeddedPostgres } from './embedded-postgres/embedded-postgres.js';
import { startEmbeddedPostgres } from './embedded-postgres/embedded-postgres.js';
import { prepareDatabase } from './database/migrate.js';
import { assertPepper } from './database/pepper-check.js';
import { type PresentedDemo, presentDemo } from './demo/present-demo.js';
import { localSecrets } from './demo/local-secrets.js';
import { PlatformSnapshots } from './sandbox/platform-snapshots.service.js';
import { SandboxPlatforms } from './sandbox/sandbox-platforms.service.js';
import { announcing, type Log, openLog } from './server/logging/log.js';
import { logProcessMessages } from './server/logging/process-messages.js';
import { START_EXIT } from './start-exit.js';
import { startFailureOf } from './start-failure.js';

/** Time limit of a shutdown for requests in flight, once no more are accepted. */
const SHUTDOWN_TIMEOUT_MS = 10_000;
const COMPILERS_END_MS = 100;

interface Running {
  log: Log;
  app?: NestFastifyApplication;
  embedded?: EmbeddedPostgres;
  /** Time for which the readiness check fails before the shutdown; 0 for the demo. */
  drainMs?: number;
}

async function main(): Promise<void> {
  const variables = readEnv(process.env);
  const log = openLog(logLevelOf(variables));
  logProcessMessages(log);
  for (const warning of misspeltVariables(process.env)) log.warn(warning);
  const running: Running = { log };
  stopOnSignal(running);
  try {
    await start(variables, running);
  } catch (error) {
    await stop(running, AbortSignal.abort());
    fail(error, variables);
  }
}

async function start(variables: EnvironmentVariables, running: Running): Promise<void> {
  const { log } = running;
  const folder = resolve(variables.VAR_DIR);
  const isDemo = variables.DATABASE_URL === undefined;
  const tell = (line: string): void => {
    announcing(log).info(line);
  };
  if (isDemo) running.embedded = await startEmbeddedPostgres({ home: folder, durable: true, log: tell });
  const urls = urlsOf(variables, running.embedded);
  const env = new Environment(variables, urls.url, isDemo ? await localSecrets(folder) : variables);
  await prepareDatabase(urls);
  await assertPepper(env);
  running.app = await createApp(env, log);
  await running.app.listen({ host: env.HOST, port: env.PORT });
  running.drainMs = env.drainMs;
  const baseUrl = env.publicUrl ?? (await running.app.getUrl());
  const sandbox = env.isSandbox ? { sandbox: await running.app.get(SandboxPlatforms).access() } : {};
  const presented = isDemo ? await presentDemo(running.app, { folder, baseUrl, ...sandbox }) : null;
  if (env.isSandbox) await running.app.get(PlatformSnapshots).takeOfAll();
  announce(baseUrl, presented, log);
}

/** The commands of a demo contain its credentials, so that they are printed for a person only, not kept in a log. */
function announce(url: string, demo: PresentedDemo | null, log: Log): void {
  if (demo !== null && process.stdout.isTTY) {
    process.stdout.write(`${demo.greeting}\n`);
    return;
  }
  const files = demo === null ? {} : { credentials: demo.credentials, commands: demo.commands };
  announcing(log).info({ url, docs: `${url}/docs`, ...files }, `Vostro is ready on ${url}`);
  log.flush();
}

function urlsOf(variables: EnvironmentVariables, embedded: EmbeddedPostgres | undefined): DatabaseUrls {
  if (embedded === undefined) return databaseUrlsOf(variables);
  // A sandbox deletes data when it resets, which only the owner may.
  if (variables.SANDBOX === '1') return { url: embedded.url };
  return { url: embedded.runtimeUrl, ownerUrl: embedded.url };
}

/**
 * Shuts down once, in this order: fails the readiness check, stops accepting, waits for requests in flight, then stops
 * jobs and the database. Ctrl-C skips or cuts short the first step, because it comes from a person, not a load
 * balancer.
 */
function stopOnSignal(running: Running): void {
  let stopping = false;
  const hurry = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (signal === 'SIGINT') hurry.abort();
      if (stopping) return;
      stopping = true;
      void stop(running, hurry.signal).then(end, (error: unknown) => fail(error));
    });
  }
}

/**
 * `process.exit` waits for Node's compiler threads, which may wait for a garbage collection that only a running event
 * loop performs: then it never returns (nodejs/node issue 54918). The delay lets these threads finish.
 */
async function end(): Promise<void> {
  await delay(COMPILERS_END_MS);
  process.exit(0);
}

async function stop({ app, embedded, drainMs, log }: Running, hurry: AbortSignal): Promise<void> {
  if (drainMs !== undefined) await app?.get(Draining).announce(drainMs, hurry);
  const deadline = new Promise<'too late'>((expire) => {
    setTimeout(expire, SHUTDOWN_TIMEOUT_MS, 'too late').unref();
  });
  if ((await Promise.race([app?.close(), deadline])) === 'too late')
    log.warn(`requests were still in progress after ${SHUTDOWN_TIMEOUT_MS} ms and are aborted`);
  await embedded?.stop();
}

/** @param variables that were read; none when they are the cause */
function fail(error: unknown, variables: Partial<EnvironmentVariables> = {}): never {
  const known = startFailureOf(error, variables);
  process.stderr.write(`${known?.message ?? String((error as Error).stack ?? error)}\n`);
  process.exit(known?.exitCode ?? START_EXIT.unexpected);
}

main().catch((error: unknown) => fail(error));
