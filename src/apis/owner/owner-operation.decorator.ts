import { applyDecorators, UseGuards } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiSecurity } from '@nestjs/swagger';
import { KycApprovedGuard } from '../../accounts/opening/guards/kyc-approved.guard.js';
import { OpeningAttemptGuard } from '../../accounts/opening/guards/opening-attempt.guard.js';
import { OpeningDryRun } from '../../accounts/opening/opening-dry-run.service.js';
import type { Scope } from '../../auth/caller.js';
import { ApiAuthGuard } from '../../auth/guards/api-auth.guard.js';
import { NotSuspendedGuard } from '../../auth/guards/not-suspended.guard.js';
import { RequireScope, ScopeGuard } from '../../auth/guards/scope.guard.js';
import { KEY_SECRET } from '../../auth/strategies/key-secret.strategy.js';
import {
  aMissingField,
  ANY_CALL_REFUSALS,
  documentRefusals,
  WRITE_REFUSALS,
} from '../../http/document-refusals.js';
import { DryRun, DryRunResponse } from '../../http/dry-run.guard.js';
import { Idempotent } from '../../http/idempotent.decorator.js';
import type { ErrorCode } from '../../shared/app-error.js';
import { OpenOwnerAccountPipe } from './accounts/open-account.pipe.js';
import { OWNER_PATH, ownerApiShape } from './errors.js';
import { OwnerProblemResponse } from './problem.response.js';

const OwnerAuthGuard = ApiAuthGuard('owner', [KEY_SECRET]);
/** Error responses that every operation may return. */
const ALWAYS: readonly ErrorCode[] = [
  'credentials_invalid',
  'scope_missing',
  'customer_suspended',
  'kyc_not_approved',
  ...ANY_CALL_REFUSALS,
];

/** The existing account in the example of a duplicate. */
const SAMPLE_ACCOUNT = {
  publicId: 'acc_8F4J2NQ07XK3M5RT',
  currency: { code: 'ZAR', decimals: 2 },
  balance: { postedMinor: 250_000n, lockedMinor: 0n },
};

const ALWAYS_MANAGED: readonly ErrorCode[] = [
  'credentials_invalid',
  'scope_missing',
  'customer_suspended',
  'platform_not_verified',
  ...ANY_CALL_REFUSALS,
];

interface OwnerOperation {
  /** What clients call it: unique within the document. */
  operationId: string;
  summary: string;
  description: string;
  refusals: readonly ErrorCode[];
}

/** An operation that reads: its guards and its part of the document. */
export function OwnerRead(
  scope: Scope,
  { operationId, summary, description, refusals }: OwnerOperation,
): MethodDecorator {
  return applyDecorators(
    RequireScope(scope),
    UseGuards(OwnerAuthGuard, ScopeGuard, KycApprovedGuard),
    ...documented({ operationId, summary, description, refusals: [...refusals, ...ALWAYS] }),
  );
}

/** A call that opens an account. Its KYC check is a pipe, because the body's form is refused first. */
export function OwnerOpens(
  scope: Scope,
  { operationId, summary, description, refusals }: OwnerOperation,
): MethodDecorator {
  return applyDecorators(
    RequireScope(scope),
    UseGuards(OwnerAuthGuard, OpeningAttemptGuard(ScopeGuard)),
    Idempotent(),
    DryRun(OpenOwnerAccountPipe, OpeningDryRun),
    ApiOkResponse({ type: DryRunResponse, description: 'With `dryRun=true`: what would happen.' }),
    ...documented({
      operationId,
      summary,
      description,
      refusals: [...refusals, ...WRITE_REFUSALS, ...ALWAYS],
    }),
  );
}

/** An operation that manages the owner's own keys, in any KYC status, unless the owner is suspended. */
export function OwnerManages(
  scope: Scope,
  { operationId, summary, description, refusals, writes = false }: OwnerOperation & { writes?: boolean },
): MethodDecorator {
  const common = writes ? [...WRITE_REFUSALS, ...ALWAYS_MANAGED] : ALWAYS_MANAGED;
  return applyDecorators(
    RequireScope(scope),
    UseGuards(OwnerAuthGuard, ScopeGuard, NotSuspendedGuard),
    ...(writes ? [Idempotent()] : []),
    ...documented({ operationId, summary, description, refusals: [...refusals, ...common] }),
  );
}

function documented({ operationId, summary, description, refusals }: OwnerOperation): MethodDecorator[] {
  return [
    ApiOperation({ operationId, summary, description }),
    ApiSecurity({ apiKey: [], apiSecret: [] }),
    documentRefusals(
      {
        shape: ownerApiShape,
        body: OwnerProblemResponse,
        path: `${OWNER_PATH}/accounts`,
        samples: { ...aMissingField('currency'), account_exists: { existing: SAMPLE_ACCOUNT } },
      },
      refusals,
    ),
  ];
}
