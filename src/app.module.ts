import { type DynamicModule, Global, Module, type Type } from '@nestjs/common';
import { ServerModule } from './server/server.module.js';
import { AdminApiModule } from './apis/admin/admin-api.module.js';
import { adminApiShape } from './apis/admin/errors.js';
import { ownerApiShape } from './apis/owner/errors.js';
import { OwnerApiModule } from './apis/owner/owner-api.module.js';
import { platformApiShape } from './apis/platform/errors.js';
import { PlatformApiModule } from './apis/platform/platform-api.module.js';
import { workspaceApiShape } from './apis/workspace/errors.js';
import { RecipientsModule } from './apis/recipients/recipients.module.js';
import { WorkspaceApiModule } from './apis/workspace/workspace-api.module.js';
import { ApprovalsModule } from './approvals/approvals.module.js';
import { AuditModule } from './audit/audit.module.js';
import { Environment } from './config/env.js';
import { DatabaseModule } from './database/database.module.js';
import { EventsModule } from './events/events.module.js';
import { SandboxApiModule } from './apis/sandbox/sandbox-api.module.js';
import { sandboxApiShape } from './apis/sandbox/errors.js';
import { HealthModule } from './server/health/health.module.js';
import { API_SHAPES } from './http/api-shape.js';
import { defaultShape } from './http/default-shape.js';
import { HttpModule } from './http/http.module.js';
import { IdempotencyModule } from './idempotency/idempotency.module.js';
import { MetricsModule } from './server/metrics/metrics.module.js';
import { RateLimitsModule } from './rate-limits/rate-limits.module.js';
import { SandboxClock } from './sandbox/sandbox-clock.js';
import { SandboxModule } from './sandbox/sandbox.module.js';
import { Clock } from './shared/clock.js';

/** Every API, in the order in which the documentation lists them. */
const API_MODULES = [OwnerApiModule, WorkspaceApiModule, PlatformApiModule, AdminApiModule];
/** The API shapes in order: the first one whose paths match renders the error. */
const SHAPES = [ownerApiShape, workspaceApiShape, platformApiShape, adminApiShape, defaultShape];

/** Modules of a sandbox only: without SANDBOX their routes are not registered. */
const sandboxModules = (env: Environment): Type[] => (env.isSandbox ? [SandboxModule, SandboxApiModule] : []);

/** Values that only the composition root knows, provided for injection. */
@Global()
@Module({})
class CompositionModule {
  static with(env: Environment): DynamicModule {
    return {
      module: CompositionModule,
      providers: [
        { provide: Environment, useValue: env },
        { provide: API_SHAPES, useValue: env.isSandbox ? [sandboxApiShape, ...SHAPES] : SHAPES },
        { provide: Clock, useValue: env.isSandbox ? new SandboxClock() : new Clock() },
      ],
      exports: [Environment, API_SHAPES, Clock],
    };
  }
}

/** The composition root: apart from `openapi/documents.ts` the only file that imports both the core and the APIs. */
@Module({})
export class AppModule {
  static with(env: Environment): DynamicModule {
    return {
      module: AppModule,
      imports: [
        CompositionModule.with(env),
        DatabaseModule,
        AuditModule,
        EventsModule,
        ApprovalsModule,
        IdempotencyModule,
        RateLimitsModule,
        ServerModule,
        HttpModule,
        ...API_MODULES,
        RecipientsModule,
        HealthModule,
        MetricsModule,
        ...sandboxModules(env),
      ],
    };
  }
}
