import { Module } from '@nestjs/common';
import { LedgerReportsModule } from '../../ledger/reports/ledger-reports.module.js';
import { LoadMetrics } from './load-metrics.service.js';
import { DatabaseMetrics } from './database-metrics.service.js';
import { EmailMetrics } from './email-metrics.service.js';
import { HttpMetrics } from './http-metrics.service.js';
import { MetricsRegistry } from './metrics-registry.service.js';
import { MetricsController } from './metrics.controller.js';
import { SecurityMetrics } from './security-metrics.service.js';
import { VerifyMetrics } from './verify-metrics.service.js';

/** Metrics of the process and of the database. */
@Module({
  imports: [LedgerReportsModule],
  controllers: [MetricsController],
  providers: [
    MetricsRegistry,
    LoadMetrics,
    DatabaseMetrics,
    EmailMetrics,
    HttpMetrics,
    SecurityMetrics,
    VerifyMetrics,
  ],
  exports: [EmailMetrics, LoadMetrics, SecurityMetrics],
})
export class MetricsModule {}
