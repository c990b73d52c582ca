import { Module } from '@nestjs/common';
import { SandboxModule } from '../../sandbox/sandbox.module.js';
import { SandboxClockController } from './clock/clock.controller.js';
import { SandboxPlatformsController } from './platforms/platforms.controller.js';
import { SandboxTokenGuard } from './sandbox-token.guard.js';

/** `/sandbox`: for tests, in a sandbox only. */
@Module({
  imports: [SandboxModule],
  controllers: [SandboxClockController, SandboxPlatformsController],
  providers: [SandboxTokenGuard],
})
export class SandboxApiModule {}
