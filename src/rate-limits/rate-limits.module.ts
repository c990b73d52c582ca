import { Global, Module } from '@nestjs/common';
import { PostgresUsageStore } from './postgres-usage-store.js';
import { RateLimiter } from './rate-limiter.service.js';

/** Rate limits, which the requests of every API and the calls that send something out count against. */
@Global()
@Module({ providers: [PostgresUsageStore, RateLimiter], exports: [RateLimiter] })
export class RateLimitsModule {}
