import { applyDecorators, type CanActivate, type Type, UseGuards } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiSecurity } from '@nestjs/swagger';
import { OpeningAttemptGuard } from '../../accounts/opening/guards/opening-attempt.guard.js';
import { OpeningDryRun } from '../../accounts/opening/opening-dry-run.service.js';
import type { Scope } from '../../auth/caller.js';
import { ApiAuthGuard } from '../../auth/guards/api-auth.guard.js';
import { NotSuspendedGuard } from '../../auth/guards/not-suspended.guard.js';
import { RequireScope, ScopeGuard } from '../../auth/guards/scope.guard.js';
import { BASIC } from '../../auth/strategies/basic.strategy.js';
import { BEARER } from '../../auth/strategies/bearer.strategy.js';
import { KEY_SECRET } from '../../auth/strategies/key-secret.strategy.js';
import {
  aMissingField,
  ANY_CALL_REFUSALS,
  documentRefusals,
  type Refusals,
  WRITE_REFUSALS,
} from '../../http/document-refusals.js';
import { DryRun, DryRunResponse } from '../../http/dry-run.guard.js';
import { Idempotent } from '../../http/idempotent.decorator.js';
import type { ErrorCode } from '../../shared/app-error.js';
import { OpenPlatformAccountPipe } from './accounts/open-account.pipe.js';
import { PlatformErrorResponse } from './error.response.js';
import { platformApiShape } from './errors.js';
import { AcceptsJsonGuard } from './guards.js';

const PlatformAuthGuard = ApiAuthGuard('platform', [BEARER, BASIC, KEY_SECRET]);
const ALWAYS: readonly ErrorCode[] = [
  'credentials_required',
  'credentials_invalid',
  'scope_missing',
  'not_acceptable',
  ...ANY_CALL_REFUSALS,
];

interface PlatformOperation {
  /** What clients call it: unique within the document. */
  operationId: string;
  summary: string;
  description: string;
  refusals: readonly ErrorCode[];
  /** Guards that run before the operation, such as the one that finds the customer. */
  guards?: Type<CanActivate>[];
}

/** An operation that reads: its guards and its part of the document. */
export function PlatformRead(scope: Scope, options: PlatformOperation): MethodDecorator {
  return operation(scope, options, ALWAYS);
}

/** An operation that opens an account, whose customer the given guards find. */
export function PlatformOpens(scope: Scope, options: PlatformOperation): MethodDecorator {
  const { guards = [], ...rest } = options;
  return applyDecorators(
    UseGuards(PlatformAuthGuard, AcceptsJsonGuard, OpeningAttemptGuard(ScopeGuard, ...guards)),
    operation(scope, rest, [...WRITE_REFUSALS, ...ALWAYS], []),
    Idempotent(),
    DryRun(OpenPlatformAccountPipe, OpeningDryRun),
    ApiOkResponse({ type: DryRunResponse, description: 'With `dryRun=true`: what would happen.' }),
  );
}

/** A call that changes what exists. */
export function PlatformChange(scope: Scope, options: PlatformOperation): MethodDecorator {
  return operation(scope, options, [...WRITE_REFUSALS, ...ALWAYS]);
}

/** A call that deletes: it has no body. */
export function PlatformDelete(scope: Scope, options: PlatformOperation): MethodDecorator {
  return operation(scope, options, ALWAYS);
}

/** A call that creates. */
export function PlatformWrite(scope: Scope, options: PlatformOperation): MethodDecorator {
  return applyDecorators(PlatformChange(scope, options), Idempotent());
}

/** A call for a customer that a guard finds is refused while that customer is suspended. */
function suspensionsOf(guards: readonly Type<CanActivate>[]): ErrorCode[] {
  return guards.length === 0 ? ['platform_not_verified'] : ['platform_not_verified', 'customer_suspended'];
}

function operation(
  scope: Scope,
  { operationId, summary, description, refusals, guards = [] }: PlatformOperation,
  common: readonly ErrorCode[],
  always: Type<CanActivate>[] = [PlatformAuthGuard, ScopeGuard, AcceptsJsonGuard],
): MethodDecorator {
  return applyDecorators(
    RequireScope(scope),
    ...(always.length === 0 ? [] : [UseGuards(...always, ...guards, NotSuspendedGuard)]),
    ApiOperation({ operationId, summary, description }),
    ApiSecurity('basic'),
    ApiSecurity({ apiKey: [], apiSecret: [] }),
    ApiSecurity('oauth2', [scope]),
    ApiSecurity('bearer'),
    documentPlatformRefusals([...refusals, ...suspensionsOf(guards), ...common]),
  );
}

/** @param more of an operation that is not below /customers, or refuses something else */
export function documentPlatformRefusals(
  codes: readonly ErrorCode[],
  more: Partial<Pick<Refusals, 'path' | 'samples'>> = {},
): MethodDecorator {
  const { path = '/customers', samples = aMissingField('accountIdentifier') } = more;
  return documentRefusals({ shape: platformApiShape, body: PlatformErrorResponse, path, samples }, codes);
}

/** Documents the customer in the path. */
export const CustomerIdentifierParam = (): MethodDecorator =>
  ApiParam({
    name: 'customerIdentifier',
    description: 'The customer (group) on this platform.',
    schema: { type: 'string', minLength: 5, maxLength: 100, pattern: '^[-0-9a-zA-Z]+$' },
    example: 'acme-group',
  });

/** Documents the account in the path. */
export const AccountIdentifierParam = (): MethodDecorator =>
  ApiParam({
    name: 'accountIdentifier',
    description: 'The account on this platform, in any case.',
    schema: { type: 'string', minLength: 5, maxLength: 100, pattern: '^[-0-9a-zA-Z]+$' },
    example: 'acme-usd-1',
  });
