import { Global, Module } from '@nestjs/common';
import { RegistrationHook } from '../customers/registration-hook.js';
import { CustomersModule } from '../customers/customers.module.js';
import { PaymentsModule } from '../payments/payments.module.js';
import { PlatformsModule } from '../platforms/platforms.module.js';
import { Clock } from '../shared/clock.js';
import { ClockControl } from './clock-control.service.js';
import { MagicCustomers } from './magic-customers.service.js';
import { PlatformReset } from './platform-reset.service.js';
import { PlatformSnapshots } from './platform-snapshots.service.js';
import { ReadWriteLock } from '../concurrency/read-write-lock.js';
import { SandboxClock } from './sandbox-clock.js';
import { SandboxDatabase } from './sandbox-database.service.js';
import { SandboxHooks } from './sandbox-hooks.service.js';
import { SandboxPlatforms } from './sandbox-platforms.service.js';
import { SandboxToken } from './sandbox-token.service.js';

const SERVICES = [
  ClockControl,
  PlatformReset,
  PlatformSnapshots,
  ReadWriteLock,
  SandboxDatabase,
  SandboxHooks,
  SandboxPlatforms,
  SandboxToken,
];

/** The features of a sandbox. The composition root omits this module from every other installation. */
@Global()
@Module({
  imports: [CustomersModule, PaymentsModule, PlatformsModule],
  providers: [
    ...SERVICES,
    // In a sandbox the composition root provides this clock.
    { provide: SandboxClock, useExisting: Clock },
    { provide: RegistrationHook, useClass: MagicCustomers },
  ],
  exports: [...SERVICES, RegistrationHook],
})
export class SandboxModule {}
