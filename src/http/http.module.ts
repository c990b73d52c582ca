import { Global, Module, type Provider } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { AnswerFilter } from './answer.filter.js';
import { ErrorRenderer } from './error-renderer.js';
import { RouteTable } from './route-table.js';

const GLOBAL: Provider = { provide: APP_FILTER, useClass: AnswerFilter };

/** What every API shares on the wire. */
@Global()
@Module({ providers: [ErrorRenderer, RouteTable, GLOBAL], exports: [ErrorRenderer, RouteTable] })
export class HttpModule {}
