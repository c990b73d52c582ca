import { Controller, Get, Header } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Registry } from 'prom-client';
import { DatabaseMetrics } from './database-metrics.service.js';
import { MetricsRegistry } from './metrics-registry.service.js';
import { VerifyMetrics } from './verify-metrics.service.js';

/** The Prometheus endpoint. No label names a tenant, and it needs no authentication. */
@ApiExcludeController()
@Controller('metrics')
export class MetricsController {
  constructor(
    private readonly metrics: MetricsRegistry,
    private readonly database: DatabaseMetrics,
    private readonly verifications: VerifyMetrics,
  ) {}

  /** Prometheus' text format. Also answers while the database is unavailable. */
  @Get()
  @Header('content-type', Registry.PROMETHEUS_CONTENT_TYPE)
  async show(): Promise<string> {
    await Promise.all([this.database.refresh(), this.verifications.refresh()]);
    return this.metrics.registry.metrics();
  }
}
