import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Environment, type EnvironmentVariables } from '../../config/env.js';
import { createApp } from '../../configure-app.js';
import { startEmbeddedPostgres } from '../../embedded-postgres/embedded-postgres.js';
import { prepareDatabase } from '../../database/migrate.js';
import { assertPepper } from '../../database/pepper-check.js';
import { prepareDemo } from '../../demo/demo.js';
import type { DemoFile } from '../../demo/demo-file.js';
import { localSecrets } from '../../demo/local-secrets.js';
import { PlatformSnapshots } from '../../sandbox/platform-snapshots.service.js';
import { SandboxPlatforms } from '../../sandbox/sandbox-platforms.service.js';
import { openLog } from '../../server/logging/log.js';
import { makeThrowAwayHome, type ThrowAwayHome } from './throw-away-home.js';

/** A stop does not wait for requests in flight. */
const SHUTDOWN_TIMEOUT_MS = 5_000;

/** The user interrupted the start. */
export class StartInterrupted extends Error {}

/** A complete bank for one test run. */
export class SandboxServer {
  private readonly home: ThrowAwayHome = makeThrowAwayHome();
  private app: NestFastifyApplication | undefined;
  private stopPostgres: (() => Promise<void>) | undefined;

  constructor(
    private readonly variables: EnvironmentVariables,
    private readonly isInterrupted: () => boolean,
  ) {}

  /** @throws StartInterrupted; call `stop` after any error */
  async start(): Promise<DemoFile> {
    const env = await this.environment();
    this.assertWanted();
    await prepareDatabase({ url: env.databaseUrl, directUrl: this.variables.DATABASE_DIRECT_URL });
    await assertPepper(env);
    this.assertWanted();
    const app = await createApp(env, openLog(env.LOG_LEVEL, 'stderr'));
    this.app = app;
    this.assertWanted();
    await app.listen({ host: env.HOST, port: env.PORT });
    const baseUrl = env.publicUrl ?? (await app.getUrl());
    const sandbox = await app.get(SandboxPlatforms).access();
    const { demo } = await prepareDemo(app, { folder: this.home.folder, baseUrl, sandbox });
    await app.get(PlatformSnapshots).takeOfAll();
    this.assertWanted();
    return demo;
  }

  /** Stops the server and removes its folder. */
  async stop(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const deadline = new Promise<void>((expire) => (timer = setTimeout(expire, SHUTDOWN_TIMEOUT_MS)));
    try {
      await Promise.race([this.app?.close(), deadline]);
    } finally {
      clearTimeout(timer);
      await this.stopPostgres?.();
      this.home.remove();
    }
  }

  private async environment(): Promise<Environment> {
    const { variables } = this;
    if (variables.DATABASE_URL !== undefined)
      return new Environment(variables, variables.DATABASE_URL, variables);
    const secrets = await localSecrets(this.home.folder);
    const embedded = await startEmbeddedPostgres({
      home: this.home.folder,
      durable: false,
      // The cleanup process also removes the folder.
      isWatched: false,
    });
    this.stopPostgres = () => embedded.stop();
    this.home.dataIsIn(embedded.dataDirectory);
    return new Environment(variables, embedded.url, secrets);
  }

  private assertWanted(): void {
    if (this.isInterrupted()) throw new StartInterrupted();
  }
}
