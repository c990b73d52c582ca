import { Global, Module } from '@nestjs/common';
import { IdempotencyService } from './idempotency.service.js';

/** First answers, kept so that a retry gets the same one. */
@Global()
@Module({ providers: [IdempotencyService], exports: [IdempotencyService] })
export class IdempotencyModule {}
