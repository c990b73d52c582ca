import { Module } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { MetricsModule } from '../metrics/metrics.module.js';
import { AdmissionInterceptor } from './admission.interceptor.js';
import { Door } from './door.service.js';
import { Draining } from './draining.service.js';

/** How much is taken on at once, and how the server stops. Named before the modules whose interceptors come later. */
@Module({
  imports: [MetricsModule],
  providers: [Door, Draining, { provide: APP_INTERCEPTOR, useClass: AdmissionInterceptor }],
  exports: [Door, Draining],
})
export class AdmissionModule {}
