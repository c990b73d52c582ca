import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { Client } from 'pg';
import type { EntityManager } from 'typeorm';
import { Environment } from '../config/env.js';
import { connectionTo } from './connection.js';
import { WriterClient } from './writer-client.js';

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
/** Twice a second, so that a change that no NOTIFY announced is still seen within a second. */
const POLL_INTERVAL_MS = 400;
const POLL_TIMEOUT_MS = 500;
/** Delay between two attempts to connect; it doubles after each failed attempt. */
const FIRST_RETRY_MS = 400;
const LAST_RETRY_MS = 5_000;

/**
 * Notifies every process when cached data changed.
 *
 * NOTIFY announces a change at once; a counter per topic, read twice a second, announces it where NOTIFY does not work
 * (clusters, a lost connection). Both use one dedicated connection, so that a busy pool delays neither. While the
 * counters cannot be read no cached data can be trusted, and every topic is dropped.
 */
@Injectable()
export class ChangeFeed implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(ChangeFeed.name);
  private readonly listeners: [topic: Topic, drop: () => void][] = [];
  private versions = new Map<string, string>();
  private client: Client | undefined;
  private timer: NodeJS.Timeout | undefined;
  private underWay: Promise<void> = Promise.resolve();
  private stopped = false;
  private failures = 0;
  /** `performance.now()` before which no attempt to connect is made. */
  private nextAttempt = 0;
  private readonly connection: ReturnType<typeof connectionTo>;

  /** NOTIFY needs a session of its own, which no pooler gives. */
  constructor({ directUrl }: Environment) {
    this.connection = connectionTo(directUrl, 'direct');
  }

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
    if (this.client === undefined) this.dropEverything();
    else await this.poll(this.client);
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.tick();
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    // An attempt to connect that is under way may leave a connection.
    await this.underWay;
    await disconnect(this.client);
  }

  private async tick(): Promise<void> {
    this.underWay = this.readChanges();
    await this.underWay;
    if (!this.stopped) this.timer = setTimeout(() => void this.tick(), this.delay());
  }

  /** Milliseconds. An attempt to connect is made when it is due, not at the first poll after that. */
  private delay(): number {
    const due = this.nextAttempt - performance.now();
    return this.client === undefined && due > 0 ? Math.min(due, POLL_INTERVAL_MS) : POLL_INTERVAL_MS;
  }

  private async readChanges(): Promise<void> {
    if (this.client === undefined && performance.now() < this.nextAttempt) {
      this.dropEverything();
      return;
    }
    try {
      this.client ??= await this.connect();
      await this.poll(this.client);
      this.succeeded();
    } catch (error) {
      this.failed(error);
    }
  }

  /** @throws Error when the server does not answer in time; the connection is closed then */
  private async connect(): Promise<Client> {
    const client = this.newClient();
    try {
      await client.connect();
      await client.query(`LISTEN ${CHANNEL}`);
      return client;
    } catch (error) {
      void disconnect(client);
      throw error;
    }
  }

  private newClient(): Client {
    // The next poll reports the error of a broken connection.
    const client = new WriterClient({
      ...this.connection,
      application_name: 'vostro-changes',
      connectionTimeoutMillis: POLL_TIMEOUT_MS,
      query_timeout: POLL_TIMEOUT_MS,
    });
    client.on('notification', ({ payload }) => {
      this.drop(payload ?? '');
    });
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

  private succeeded(): void {
    if (this.failures > 0) this.logger.log('change feed connected: cached data is used again');
    this.failures = 0;
  }

  private failed(error: unknown): void {
    if (this.failures === 0)
      this.logger.warn(`change feed lost, so that cached data is read anew: ${(error as Error).message}`);
    this.nextAttempt = performance.now() + Math.min(FIRST_RETRY_MS * 2 ** this.failures, LAST_RETRY_MS);
    this.failures++;
    void disconnect(this.client);
    this.client = undefined;
    this.versions.clear();
    this.dropEverything();
  }

  private dropEverything(): void {
    for (const topic of TOPICS) this.drop(topic);
  }

  private drop(topic: string): void {
    for (const [name, drop] of this.listeners) if (name === topic) drop();
  }
}

/** Ignores errors: a broken connection needs no end. */
async function disconnect(client: Client | undefined): Promise<void> {
  await client?.end().catch(() => undefined);
}
