import { Module } from '@nestjs/common';
import { ServerModule } from '../server.module.js';
import { AuthModule } from '../../auth/auth.module.js';
import { HealthController } from './health.controller.js';

@Module({ imports: [ServerModule, AuthModule], controllers: [HealthController] })
export class HealthModule {}
