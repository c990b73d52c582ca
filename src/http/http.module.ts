import { Global, Module, type Provider } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { MetricsModule } from '../server/metrics/metrics.module.js';
import { ResponseFilter } from './response.filter.js';
import { ErrorRenderer } from './error-renderer.js';
import { FailedAuthentications } from './failed-authentications.service.js';
import { RouteTable } from './route-table.js';
import { SecurityEvents } from './security-events.service.js';

const GLOBAL: Provider = { provide: APP_FILTER, useClass: ResponseFilter };

/** What every API shares on the wire. */
@Global()
@Module({
  imports: [MetricsModule],
  providers: [ErrorRenderer, RouteTable, SecurityEvents, FailedAuthentications, GLOBAL],
  exports: [ErrorRenderer, RouteTable, FailedAuthentications],
})
export class HttpModule {}
