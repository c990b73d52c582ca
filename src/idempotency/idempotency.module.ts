import { Global, Module } from '@nestjs/common';
import { IdempotentTransaction } from './idempotent-transaction.service.js';
import { IdempotencyService } from './idempotency.service.js';
import { IdempotentLines } from './idempotent-lines.service.js';
import { RefusalRecords } from './refusal-records.service.js';
import { RefusalSummaries } from './refusal-summaries.service.js';

/** Idempotency keys: stores the first response to each request, so that a retry gets the same response. */
@Global()
@Module({
  providers: [IdempotentTransaction, IdempotencyService, IdempotentLines, RefusalRecords, RefusalSummaries],
  exports: [IdempotentTransaction, IdempotencyService, IdempotentLines, RefusalRecords],
})
export class IdempotencyModule {}
