import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { DataSource } from 'typeorm';
import { Clock } from '../shared/clock.js';
import { Recurring } from '../shared/recurring.js';

const FLUSH_MS = 2_000;
/** Minimum interval between two writes for one credential, so that its row is not updated by every request. */
const PRECISION_MS = 30_000;
const MAX_NOTED = 10_000;

/**
 * Records when each credential was last used. The times are collected in memory and written periodically, never while a
 * request waits.
 */
@Injectable()
export class LastUse implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(LastUse.name);
  /** Time by `<platform id> <credential id>`. */
  private used = new Map<string, Date>();
  /** Credentials whose use was recorded a moment ago. */
  private readonly noted = new LRUCache<string, true>({ max: MAX_NOTED, ttl: PRECISION_MS });
  private readonly rounds = new Recurring(
    () => this.flush(),
    FLUSH_MS,
    // A lost record does no harm: the next use of the credential is recorded.
    ({ message }) => {
      this.logger.warn(`recording the last use of credentials failed: ${message}`);
    },
  );

  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  record(platformId: string, credentialId: string): void {
    const name = `${platformId} ${credentialId}`;
    if (this.noted.has(name)) return;
    this.noted.set(name, true);
    this.used.set(name, this.clock.now());
  }

  onApplicationBootstrap(): void {
    this.rounds.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.rounds.stop();
    await this.flush();
  }

  async flush(): Promise<void> {
    if (this.used.size === 0) return;
    const { used } = this;
    this.used = new Map();
    const names = [...used.keys()].map((name) => name.split(' '));
    await this.dataSource.query(
      `UPDATE credentials c SET last_used_at = GREATEST(c.last_used_at, used.at)
       FROM unnest($1::bigint[], $2::bigint[], $3::timestamptz[]) AS used(platform_id, id, at)
       WHERE c.platform_id = used.platform_id AND c.id = used.id`,
      [names.map(([platformId]) => platformId), names.map(([, id]) => id), [...used.values()]],
    );
  }
}
