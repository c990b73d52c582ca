import { Module } from '@nestjs/common';
import { MetricsModule } from './metrics/metrics.module.js';
import { LoadShedder } from './load-shedder.service.js';
import { Draining } from './draining.service.js';
import { PendingBodies } from './pending-bodies.service.js';

/** Load shedding, limits of unfinished requests and graceful shutdown. */
@Module({
  imports: [MetricsModule],
  providers: [LoadShedder, Draining, PendingBodies],
  exports: [LoadShedder, Draining, PendingBodies],
})
export class ServerModule {}
