import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from 'pg';
import type { SubjectName } from './cases.js';
import type { BenchSubject } from './subjects.js';
import { connected, type DatabaseServer } from './database-server.js';
import { type ServerProcess, startServer } from './server-process.js';

const SETTLE_TIMEOUT_MS = 120_000;
const SETTLE_POLL_MS = 100;
const SETTLED_SQL = `SELECT NOT EXISTS (SELECT 1 FROM audit_unsealed)
  AND NOT EXISTS (SELECT 1 FROM events WHERE dispatched_at IS NULL) AS settled`;

/** A subject with its database, and with its server while the subject is measured. */
export class BenchRun {
  private server: ServerProcess | null = null;
  /** The next unused number of each sequence of numbers (workloads/workload.ts). */
  private readonly next = new Map<string, number>();

  private constructor(
    readonly name: SubjectName,
    readonly subject: BenchSubject,
    readonly databaseUrl: string,
    private readonly client: Client,
    private readonly folder: string,
  ) {}

  /** @param folder for the log of its server */
  static async build(
    name: SubjectName,
    subject: BenchSubject,
    databases: DatabaseServer,
    folder: string,
  ): Promise<BenchRun> {
    const url = await databases.createDatabase(name);
    const client = await connected(url);
    try {
      await subject.seed(url, client);
    } catch (error) {
      await client.end();
      throw error;
    }
    return new BenchRun(name, subject, url, client, folder);
  }

  async enter(): Promise<void> {
    if (this.subject.server === null) return;
    const { command, variables } = this.subject.server;
    const log = join(this.folder, `${this.name}.log`);
    this.server = await startServer(command, variables(this.databaseUrl), log);
  }

  async leave(): Promise<void> {
    const { server } = this;
    this.server = null;
    await server?.stop();
  }

  /** May be called while a measurement is in progress, when the run ends early. */
  async close(): Promise<void> {
    await this.server?.kill();
    this.server = null;
    await this.client.end();
  }

  get running(): ServerProcess {
    if (this.server === null) throw new Error(`${this.name} has no server`);
    return this.server;
  }

  firstOf(store: string): number {
    return this.next.get(store) ?? 0;
  }

  useUp(store: string, until: number): void {
    this.next.set(store, until);
  }

  async countRows(table: string): Promise<number> {
    return this.findNumber(`SELECT count(*) AS number FROM ${table}`);
  }

  /** @param sql that selects one `number` */
  async findNumber(sql: string): Promise<number> {
    const { rows } = await this.client.query<{ number: string }>(sql);
    return Number(rows[0]?.number);
  }

  /**
   * Waits until the server has finished its background work.
   * @returns seconds; `null` for a subject without background work
   */
  async settle(): Promise<number | null> {
    if (!this.subject.hasBooks || this.server === null) return null;
    const began = performance.now();
    for (;;) {
      const { rows } = await this.client.query<{ settled: boolean }>(SETTLED_SQL);
      const elapsedMs = performance.now() - began;
      if (rows[0]?.settled === true) return elapsedMs / 1_000;
      if (elapsedMs > SETTLE_TIMEOUT_MS) throw new Error(`${this.name} did not settle`);
      await delay(SETTLE_POLL_MS);
    }
  }
}
