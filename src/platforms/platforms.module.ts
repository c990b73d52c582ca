import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { PlatformsService } from './platforms.service.js';
import { WorkspacesService } from './workspaces.service.js';

const SERVICES = [PlatformsService, WorkspacesService];

/** Tenants, and the workspaces of their customers. */
@Module({ imports: [AuthModule], providers: SERVICES, exports: SERVICES })
export class PlatformsModule {}
