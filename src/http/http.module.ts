import { Global, Module, type Provider } from '@nestjs/common';
import { APP_FILTER, APP_INTERCEPTOR } from '@nestjs/core';
import { AnswerFilter } from './answer.filter.js';
import { ErrorRenderer } from './error-renderer.js';
import { IdempotencyInterceptor } from './idempotency.interceptor.js';
import { RouteTable } from './route-table.js';

const GLOBAL: Provider[] = [
  { provide: APP_FILTER, useClass: AnswerFilter },
  { provide: APP_INTERCEPTOR, useClass: IdempotencyInterceptor },
];

/** What every API shares on the wire: errors and idempotency. */
@Global()
@Module({ providers: [ErrorRenderer, RouteTable, ...GLOBAL], exports: [ErrorRenderer, RouteTable] })
export class HttpModule {}
