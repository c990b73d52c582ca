import { Global, Module } from '@nestjs/common';
import { Acts } from './acts.service.js';
import { IdempotencyService } from './idempotency.service.js';
import { LineActs } from './line-acts.service.js';
import { RefusalRecords } from './refusal-records.service.js';

/** First answers, kept so that a retry gets the same one. */
@Global()
@Module({
  providers: [Acts, IdempotencyService, LineActs, RefusalRecords],
  exports: [Acts, IdempotencyService, LineActs, RefusalRecords],
})
export class IdempotencyModule {}
