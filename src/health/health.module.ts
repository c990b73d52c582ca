import { Module } from '@nestjs/common';
import { AdmissionModule } from '../admission/admission.module.js';
import { AuthModule } from '../auth/auth.module.js';
import { HealthController } from './health.controller.js';

@Module({ imports: [AdmissionModule, AuthModule], controllers: [HealthController] })
export class HealthModule {}
