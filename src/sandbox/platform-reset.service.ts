import { setTimeout as delay } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { lockChain } from '../audit/audit-sealer.service.js';
import { ChangeFeed, TOPICS } from '../database/change-feed.service.js';
import { toAppError } from '../database/postgres-errors.js';
import { SettlementAccounts } from '../payments/settlement-accounts.service.js';
import { PlatformsService } from '../platforms/platforms.service.js';
import { AppError } from '../shared/app-error.js';
import { PlatformSnapshots } from './platform-snapshots.service.js';
import { ReadWriteLock } from '../concurrency/read-write-lock.js';
import { tenantTables } from './tenant-tables.js';

/** Shorter than deadlock_timeout, so that PostgreSQL never chooses another transaction as a deadlock victim. */
const LOCK_TIMEOUT_MS = 200;
const ATTEMPTS = 20;
const PAUSE_MS = 10;

/** Restores a platform to its state when the sandbox started, or when the sandbox created it. */
@Injectable()
export class PlatformReset {
  constructor(
    private readonly dataSource: DataSource,
    private readonly platforms: PlatformsService,
    private readonly snapshots: PlatformSnapshots,
    private readonly feed: ChangeFeed,
    private readonly settlements: SettlementAccounts,
    private readonly lock: ReadWriteLock,
  ) {}

  /**
   * Requests in flight end before it, requests that arrive meanwhile start after it. Table locks keep background jobs
   * out.
   * @returns its duration in milliseconds, without the wait for requests in flight
   * @throws AppError object_not_found, also for the system tenant; service_unavailable when requests in flight do not
   *   end; name_taken when another platform has taken its name
   */
  async reset(platformId: string): Promise<number> {
    await this.platforms.get(platformId);
    return this.lock.withWrite(async () => {
      const began = performance.now();
      await this.restore(platformId);
      this.settlements.forget(platformId);
      await this.feed.catchUp();
      return Math.round(performance.now() - began);
    });
  }

  private async restore(platformId: string): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        await this.dataSource.transaction((tx) => this.restoreWithin(tx, platformId));
        return;
      } catch (error) {
        const known = toAppError(error);
        const isBusy = known instanceof AppError && known.code === 'service_unavailable';
        if (!isBusy || attempt === ATTEMPTS) throw known;
      }
      await delay(PAUSE_MS);
    }
  }

  private async restoreWithin(tx: EntityManager, platformId: string): Promise<void> {
    const tables = await tenantTables(tx);
    await tx.query(`SET LOCAL lock_timeout = ${LOCK_TIMEOUT_MS}`);
    await lockChain(tx, platformId);
    await tx.query(`LOCK TABLE platforms, ${tables.join(', ')} IN SHARE ROW EXCLUSIVE MODE`);
    await trustReferences(tx);
    await this.snapshots.restore(tx, platformId, tables);
    for (const topic of TOPICS) await this.feed.announce(tx, topic);
  }
}

/**
 * Disables the checks of foreign keys, which take most of the time, because some have no index. They are not needed:
 * the restored rows had no missing references when the snapshot was taken, and all other rows of the platform are
 * deleted. Only a superuser may disable them.
 */
async function trustReferences(tx: EntityManager): Promise<void> {
  const [{ isSuperuser }] = await tx.query<[{ isSuperuser: boolean }]>(
    `SELECT current_setting('is_superuser')::boolean AS "isSuperuser"`,
  );
  if (isSuperuser) await tx.query('SET LOCAL session_replication_role = replica');
}
