import { type CanActivate, type ExecutionContext, Injectable, mixin, type Type } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { toAuditContext } from '../../../auth/audit-context.js';
import type { Caller, CallerRequest } from '../../../auth/caller.js';
import { RefusalRecords } from '../../../idempotency/refusal-records.service.js';
import { AppError, type ErrorCode } from '../../../shared/app-error.js';
import { OpeningRefusals } from '../opening-refusals.service.js';

/** Refusals that are recorded on the audit trail. Other errors mean that the request was malformed. */
const REFUSALS: ReadonlySet<ErrorCode> = new Set([
  'scope_missing',
  'customer_not_allowed',
  'workspace_not_allowed',
]);

type AttemptRequest = CallerRequest & { id: string };

/**
 * Runs the guards of an opening in order, after authentication. The caller of a refused request is therefore known, and
 * the refusal is recorded on the audit trail.
 */
export function OpeningAttemptGuard(...guards: Type<CanActivate>[]): Type<CanActivate> {
  @Injectable()
  class AttemptGuard implements CanActivate {
    private made: Promise<CanActivate[]> | undefined;

    constructor(
      private readonly modules: ModuleRef,
      private readonly refusals: OpeningRefusals,
      private readonly records: RefusalRecords,
    ) {}

    async canActivate(context: ExecutionContext): Promise<boolean> {
      this.made ??= Promise.all(guards.map((guard) => this.modules.create(guard)));
      try {
        for (const guard of await this.made) if (!(await guard.canActivate(context))) return false;
        return true;
      } catch (error) {
        const request = context.switchToHttp().getRequest<AttemptRequest>();
        if (error instanceof AppError && REFUSALS.has(error.code) && request.user !== undefined)
          await this.record(error, request, request.user);
        throw error;
      }
    }

    private async record(error: AppError, { id }: AttemptRequest, caller: Caller): Promise<void> {
      const { platformId } = caller;
      const entry = this.refusals.describeAttempt({ platformId, audit: toAuditContext(caller, id) }, error);
      await this.records.record({ platformId, answered: null, entry, limitedBy: error.code });
    }
  }
  return mixin(AttemptGuard);
}
