import { Module } from '@nestjs/common';
import { MetricsModule } from './metrics/metrics.module.js';
import { LoadShedder } from './load-shedder.service.js';
import { Draining } from './draining.service.js';

/** Load shedding and graceful shutdown. */
@Module({
  imports: [MetricsModule],
  providers: [LoadShedder, Draining],
  exports: [LoadShedder, Draining],
})
export class ServerModule {}
