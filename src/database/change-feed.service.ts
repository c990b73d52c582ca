import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Client } from 'pg';
import { DataSource, EntityManager } from 'typeorm';
import type { SessionSettings } from './session.js';

export const TOPICS = [
  'currencies',
  'jurisdictions',
  'products',
  'customers',
  'credentials',
  'sessions',
  'posting-limits',
] as const;
export type Topic = (typeof TOPICS)[number];

const CHANNEL = 'vostro_changes';
/** Twice a second, so that a change that no NOTIFY brought is still seen within one. */
const POLL_INTERVAL_MS = 400;
const POLL_TIMEOUT_MS = 500;

/**
 * Tells every process when cached data changed.
 *
 * NOTIFY brings a change at once; a counter per topic, read twice a second, brings it where NOTIFY does not
 * (poolers, clusters, a lost connection). Both use one connection of their own, so that a busy pool delays
 * neither. While the counters cannot be read nothing cached can be trusted, and every topic is dropped.
 */
@Injectable()
export class ChangeFeed implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(ChangeFeed.name);
  private readonly listeners: [topic: Topic, drop: () => void][] = [];
  private versions = new Map<string, string>();
  private client: Client | undefined;
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(private readonly dataSource: DataSource) {}

  /** `drop` must forget everything cached under the topic, including a load that is still under way. */
  onChange(topic: Topic, drop: () => void): void {
    this.listeners.push([topic, drop]);
  }

  /** Announces a change inside the transaction that makes it: the other processes see it exactly when it commits. */
  async announce(tx: EntityManager, topic: Topic): Promise<void> {
    await tx.query(
      `INSERT INTO change_versions (topic, version) VALUES ($1, 1)
       ON CONFLICT (topic) DO UPDATE SET version = change_versions.version + 1`,
      [topic],
    );
    await tx.query('SELECT pg_notify($1, $2)', [CHANNEL, topic]);
  }

  /** Reads every change committed by now, without waiting for a notification. */
  async catchUp(): Promise<void> {
    if (this.client === undefined) for (const topic of TOPICS) this.drop(topic);
    else await this.poll(this.client);
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.tick();
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.client?.end().catch(() => undefined);
  }

  private async tick(): Promise<void> {
    try {
      this.client ??= await this.connect();
      await this.poll(this.client);
    } catch (error) {
      this.distrustEverything(error);
    }
    if (!this.stopped) this.timer = setTimeout(() => void this.tick(), POLL_INTERVAL_MS);
  }

  private async connect(): Promise<Client> {
    const { url, extra } = this.dataSource.options as { url?: string; extra: SessionSettings };
    const client = new Client({
      connectionString: url,
      // Its tables must be those that the pool means.
      options: extra.options,
      types: extra.types,
      application_name: 'vostro-changes',
      connectionTimeoutMillis: POLL_TIMEOUT_MS,
      query_timeout: POLL_TIMEOUT_MS,
    });
    client.on('notification', ({ payload }) => {
      this.drop(payload ?? '');
    });
    // The next poll fails and says so; without a listener the process would end here.
    client.on('error', () => undefined);
    await client.connect();
    await client.query(`LISTEN ${CHANNEL}`);
    return client;
  }

  private async poll(client: Client): Promise<void> {
    const { rows } = await client.query<{ topic: string; version: string }>(
      'SELECT topic, version FROM change_versions',
    );
    const seen = this.versions;
    this.versions = new Map(rows.map((row) => [row.topic, row.version]));
    for (const [topic, version] of this.versions) if (seen.get(topic) !== version) this.drop(topic);
  }

  private distrustEverything(error: unknown): void {
    if (this.client !== undefined) this.logger.warn(`change feed lost: ${(error as Error).message}`);
    const lost = this.client;
    this.client = undefined;
    this.versions.clear();
    for (const topic of TOPICS) this.drop(topic);
    void lost?.end().catch(() => undefined);
  }

  private drop(topic: string): void {
    for (const [name, drop] of this.listeners) if (name === topic) drop();
  }
}
