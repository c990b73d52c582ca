import { applyDecorators, UseGuards } from '@nestjs/common';
import { ApiOperation, ApiSecurity } from '@nestjs/swagger';
import { KycApprovedGuard } from '../../accounts/guards/kyc-approved.guard.js';
import type { Scope } from '../../auth/caller.js';
import { ApiAuthGuard } from '../../auth/guards/api-auth.guard.js';
import { RequireScope, ScopeGuard } from '../../auth/guards/scope.guard.js';
import { KEY_SECRET } from '../../auth/strategies/key-secret.strategy.js';
import { documentRefusals, WRITE_REFUSALS } from '../../http/document-refusals.js';
import { IdempotencyKeyHeader } from '../../http/idempotency-key.header.js';
import { ProblemResponse } from '../../http/problem.response.js';
import type { ErrorCode } from '../../shared/app-error.js';
import { OWNER_PATH, ownerApiShape } from './errors.js';

const OwnerAuthGuard = ApiAuthGuard('owner', [KEY_SECRET]);
/** What any call may meet, whatever it does. */
const ALWAYS: readonly ErrorCode[] = [
  'credentials_invalid',
  'scope_missing',
  'customer_suspended',
  'kyc_not_approved',
  'internal_error',
  'service_unavailable',
];

interface OwnerOperation {
  summary: string;
  description: string;
  refusals: readonly ErrorCode[];
}

/** A call that reads: who may make it, and its part of the document. */
export function OwnerRead(scope: Scope, { summary, description, refusals }: OwnerOperation): MethodDecorator {
  return applyDecorators(
    RequireScope(scope),
    UseGuards(OwnerAuthGuard, ScopeGuard, KycApprovedGuard),
    ...documented({ summary, description, refusals: [...refusals, ...ALWAYS] }),
  );
}

/** A call that writes. Its KYC check is a pipe, because the body's form is refused first. */
export function OwnerWrite(
  scope: Scope,
  { summary, description, refusals }: OwnerOperation,
): MethodDecorator {
  return applyDecorators(
    RequireScope(scope),
    UseGuards(OwnerAuthGuard, ScopeGuard),
    IdempotencyKeyHeader(),
    ...documented({ summary, description, refusals: [...refusals, ...WRITE_REFUSALS, ...ALWAYS] }),
  );
}

function documented({ summary, description, refusals }: OwnerOperation): MethodDecorator[] {
  return [
    ApiOperation({ summary, description }),
    ApiSecurity({ apiKey: [], apiSecret: [] }),
    documentRefusals(
      { shape: ownerApiShape, body: ProblemResponse, path: `${OWNER_PATH}/accounts` },
      refusals,
    ),
  ];
}
