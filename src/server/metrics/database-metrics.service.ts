import { Injectable, Logger } from '@nestjs/common';
import { Gauge } from 'prom-client';
import { DataSource } from 'typeorm';
import { sumBalances } from '../../ledger/reports/ledger-sums.js';
import { inSnapshot } from '../../ledger/reports/snapshot.js';
import { Clock } from '../../shared/clock.js';
import { GaugeGroup, type GaugeSpec, type Sample } from './gauge-group.js';
import { MetricsRegistry } from './metrics-registry.service.js';

/** Minimum interval between two queries, however often the metrics are scraped. */
const COUNTS_EVERY_MS = 5_000;
const SUMS_EVERY_MS = 60_000;
/** How long a scrape waits for the database before it is answered without the database's metrics. */
const PATIENCE_MS = 3_000;

interface Count {
  name: string;
  help: string;
  label?: string;
  /** Returns the columns `value` and, with a label, `label`. Partial indexes contain the counted rows. */
  sql: string;
}

const COUNTS: readonly Count[] = [
  {
    name: 'vostro_events_undispatched',
    help: 'Events not yet dispatched to webhooks and mail.',
    sql: `SELECT count(*) AS value FROM events WHERE dispatched_at IS NULL`,
  },
  {
    name: 'vostro_holds_active',
    help: 'Active holds.',
    sql: `SELECT count(*) AS value FROM holds WHERE status = 'active'`,
  },
  {
    name: 'vostro_webhook_deliveries_pending',
    help: 'Pending webhook deliveries.',
    sql: `SELECT count(*) AS value FROM webhook_deliveries WHERE status = 'pending'`,
  },
  {
    name: 'vostro_emails',
    help: 'E-mails by status: all pending ones; of the other statuses those created in the last 24 hours.',
    label: 'status',
    sql: `SELECT s.status AS label, count(e.status) AS value
      FROM unnest(ARRAY['pending', 'sent', 'not_sent', 'failed']) AS s(status) LEFT JOIN (
        SELECT status FROM emails WHERE status = 'pending'
        UNION ALL
        SELECT status FROM emails WHERE status <> 'pending' AND created_at > now() - interval '24 hours'
      ) e ON e.status = s.status GROUP BY s.status`,
  },
  {
    name: 'vostro_ledger_transfers_estimate',
    help: 'Estimated number of transfers in the ledger (planner statistics of PostgreSQL).',
    sql: `SELECT GREATEST(reltuples, 0)::bigint AS value FROM pg_class WHERE oid = 'transfers'::regclass`,
  },
];

/** Metrics read from the database, which all processes of an installation share. */
@Injectable()
export class DatabaseMetrics {
  private readonly logger = new Logger(DatabaseMetrics.name);
  private readonly counts: GaugeGroup;
  private readonly sums: GaugeGroup;
  private readonly up: Gauge;

  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    { registry }: MetricsRegistry,
  ) {
    const counts = COUNTS.map(({ sql, ...rest }) => ({ ...rest, read: () => this.count(sql) }));
    this.counts = new GaugeGroup(counts, COUNTS_EVERY_MS, registry);
    this.sums = new GaugeGroup([this.unbalanced()], SUMS_EVERY_MS, registry);
    this.up = new Gauge({
      name: 'vostro_database_up',
      help: '1 when the database gave its numbers in time; they are missing while it is 0.',
      registers: [registry],
    });
  }

  /**
   * Reads the metrics that are due. Never fails: when the database does not respond in time, its metrics are omitted.
   */
  async refresh(): Promise<void> {
    const isUp = await this.inTime(this.counts);
    this.up.set(Number(isUp));
    if (!isUp) {
      this.counts.forget();
      this.sums.forget();
      return;
    }
    // The sum reads all balances. When it takes too long, a later scrape shows it; until then the previous value is
    // shown.
    await this.inTime(this.sums);
  }

  private async inTime(group: GaugeGroup): Promise<boolean> {
    const refreshed = group.refresh(this.clock.now()).then(
      () => true,
      (error: unknown) => {
        this.logger.warn(`reading metrics from the database failed: ${(error as Error).message}`);
        return false;
      },
    );
    return Promise.race([refreshed, patience()]);
  }

  private async count(sql: string): Promise<Sample[]> {
    const rows = await this.dataSource.query<{ label?: string; value: string }[]>(sql);
    return rows.map(({ label, value }) => ({
      ...(label === undefined ? {} : { label }),
      value: Number(value),
    }));
  }

  private unbalanced(): GaugeSpec {
    return {
      name: 'vostro_ledger_unbalanced_minor',
      help: 'Sum of all posted balances, in minor units of the currency. Anything but 0 is a fault.',
      label: 'currency',
      read: async () => {
        const byCurrency = new Map<string, bigint>();
        const rows = await inSnapshot(this.dataSource, (tx) => sumBalances(tx, null));
        for (const { currencyCode, debitsMinor, creditsMinor } of rows)
          byCurrency.set(currencyCode, (byCurrency.get(currencyCode) ?? 0n) + debitsMinor + creditsMinor);
        return [...byCurrency].map(([label, minor]) => ({ label, value: Number(minor) }));
      },
    };
  }
}

function patience(): Promise<boolean> {
  return new Promise((resolve) => {
    setTimeout(() => {
      resolve(false);
    }, PATIENCE_MS).unref();
  });
}
