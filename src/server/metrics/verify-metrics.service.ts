import { Injectable } from '@nestjs/common';
import { LedgerVerifier } from '../../ledger/reports/ledger-verifier.service.js';
import type { LedgerVerdict } from '../../ledger/reports/verification.js';
import { GaugeGroup } from './gauge-group.js';
import { MetricsRegistry } from './metrics-registry.service.js';

const GAUGES: readonly { name: string; help: string; of: (verdict: LedgerVerdict) => number }[] = [
  {
    name: 'vostro_ledger_verify_clean',
    help: 'Whether the last verification of all platforms in this process found nothing; missing before the first.',
    of: ({ clean }) => Number(clean),
  },
  {
    name: 'vostro_ledger_verify_problems',
    help: 'Problems found by the last ledger verification.',
    of: ({ problems }) => problems,
  },
  {
    name: 'vostro_ledger_verify_timestamp_seconds',
    help: 'Unix time at which the last ledger verification began.',
    of: ({ startedAt }) => startedAt.getTime() / 1_000,
  },
  {
    name: 'vostro_ledger_verify_duration_seconds',
    help: 'Duration of the last ledger verification, in seconds.',
    of: ({ durationMs }) => durationMs / 1_000,
  },
];

/** The last result of a ledger verification in this process. */
@Injectable()
export class VerifyMetrics {
  private readonly group: GaugeGroup;

  constructor(
    private readonly verifier: LedgerVerifier,
    { registry }: MetricsRegistry,
  ) {
    const specs = GAUGES.map(({ of, ...rest }) => ({
      ...rest,
      read: () => Promise.resolve(this.sample(of)),
    }));
    this.group = new GaugeGroup(specs, 0, registry);
  }

  async refresh(): Promise<void> {
    await this.group.refresh(new Date());
  }

  private sample(of: (verdict: LedgerVerdict) => number): { value: number }[] {
    const verdict = this.verifier.lastVerdict();
    return verdict === null ? [] : [{ value: of(verdict) }];
  }
}
