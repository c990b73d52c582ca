import { Client } from 'pg';
import { createApp } from '../../../src/configure-app.js';
import { type DatabaseProxy, startDatabaseProxy } from '../database-proxy.js';
import { prepareFaultLoad } from './load.js';
import type { TestLoad } from '../load.js';
import { type Program, run } from '../program.js';
import { createTestDatabase, databaseNameOf, type TestDatabase } from '../test-database.js';
import { testEnvironment, testVariables } from '../test-environment.js';
import { until } from '../until.js';

const POOL_SIZE = 10;
/** Of the change feed. */
const CONNECTIONS_BESIDE_THE_POOL = 1;
export const MAX_CONNECTIONS = POOL_SIZE + CONNECTIONS_BESIDE_THE_POOL;

/** Every account and transfer with the key by which a request of the load names it. */
const EFFECTS = `
  SELECT CASE channel WHEN 'platform' THEN account_identifier WHEN 'workspace' THEN alias
    ELSE customer_id || '/' || currency_code END AS key FROM accounts
  UNION ALL SELECT reference FROM transfers WHERE reference IS NOT NULL`;

/** One process of the built app behind a proxy, the load on it, and a connection to the database itself. */
export class FaultStage {
  program!: Program;
  url = '';
  private readonly printed: string[] = [];
  /** What existed before the load. */
  private before = new Map<string, number>();

  private constructor(
    private readonly database: TestDatabase,
    readonly proxy: DatabaseProxy,
    readonly load: TestLoad,
    private readonly eyes: Client,
  ) {}

  static async open(): Promise<FaultStage> {
    const database = await createTestDatabase();
    const setUp = await createApp(testEnvironment(database.url));
    const load = await prepareFaultLoad(setUp);
    await setUp.close();
    const eyes = new Client({ connectionString: database.url });
    await eyes.connect();
    const stage = new FaultStage(database, await startDatabaseProxy(database.url), load, eyes);
    stage.before = await stage.everything();
    await stage.startApp();
    return stage;
  }

  /** Again on the same port, if the app ran before. */
  async startApp(): Promise<void> {
    const port = this.url === '' ? '0' : new URL(this.url).port;
    if (this.url !== '') this.printed.push(this.program.printed());
    this.program = run('main.js', {
      ...testVariables(this.proxy.url),
      PORT: port,
      LOG_LEVEL: 'info',
      DATABASE_POOL_SIZE: String(POOL_SIZE),
    });
    await this.program.until('ready on http://');
    this.url = /ready on (http:\/\/[^\s"]+)/.exec(this.program.printed())?.[1] ?? '';
  }

  /** Everything that the app has logged and printed. */
  log(): string {
    return [...this.printed, this.program.printed()].join('');
  }

  /** What the log must not contain: the secrets of the process and of its callers. */
  secrets(): string[] {
    const { SECRET_PEPPER, TOKEN_SIGNING_KEY, KYC_PROVIDERS } = testVariables('');
    const own = [SECRET_PEPPER, TOKEN_SIGNING_KEY, KYC_PROVIDERS, new URL(this.database.url).password];
    const sent = this.load.acknowledged.flatMap(({ request: { headers } }) => [
      headers['x-api-secret'],
      headers.authorization,
    ]);
    return [...new Set([...own, ...sent])].filter((secret): secret is string => !!secret);
  }

  isAlive(): boolean {
    const { exitCode, signalCode } = this.program.process;
    return exitCode === null && signalCode === null;
  }

  /** How often each thing that the load may have made exists. */
  async effects(): Promise<Map<string, number>> {
    const now = await this.everything();
    return new Map([...now].filter(([key]) => !this.before.has(key)));
  }

  private async everything(): Promise<Map<string, number>> {
    const { rows } = await this.eyes.query<{ key: string }>(EFFECTS);
    return countsOf(rows.map(({ key }) => key));
  }

  /** How many sessions the server has for the app. */
  async sessions(): Promise<number> {
    const { rows } = await this.eyes.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = $1 AND pid <> pg_backend_pid()`,
      [databaseNameOf(this.database.url)],
    );
    return rows[0]?.n ?? 0;
  }

  untilReady(withinMs: number): Promise<void> {
    const isReady = () =>
      fetch(`${this.url}/health/ready`).then(
        ({ status }) => status === 200,
        () => false,
      );
    return until(isReady, { what: 'readiness', withinMs });
  }

  async close(): Promise<void> {
    await this.program.end('SIGTERM');
    await this.proxy.close();
    await this.eyes.end();
    await this.database.drop();
  }
}

export function countsOf(keys: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}
