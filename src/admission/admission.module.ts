import { Module } from '@nestjs/common';
import { MetricsModule } from '../metrics/metrics.module.js';
import { Door } from './door.service.js';
import { Draining } from './draining.service.js';

/** How much is taken on at once, and how the server stops. */
@Module({
  imports: [MetricsModule],
  providers: [Door, Draining],
  exports: [Door, Draining],
})
export class AdmissionModule {}
