import { Module } from '@nestjs/common';
import { MetricsModule } from './metrics/metrics.module.js';
import { CredentialOwnerCache } from './credential-owner-cache.js';
import { LoadShedder } from './load-shedder.service.js';
import { Draining } from './draining.service.js';
import { PendingBodies } from './pending-bodies.service.js';
import { RequestRateLimits } from './request-rate-limits.service.js';

/** Load shedding, rate limits, limits of unfinished requests and graceful shutdown. */
@Module({
  imports: [MetricsModule],
  providers: [LoadShedder, Draining, PendingBodies, RequestRateLimits, CredentialOwnerCache],
  exports: [LoadShedder, Draining, PendingBodies, RequestRateLimits],
})
export class ServerModule {}
