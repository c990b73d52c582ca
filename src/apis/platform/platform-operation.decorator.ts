import { applyDecorators, type CanActivate, type Type, UseGuards } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiSecurity } from '@nestjs/swagger';
import type { Scope } from '../../auth/caller.js';
import { ApiAuthGuard } from '../../auth/guards/api-auth.guard.js';
import { RequireScope, ScopeGuard } from '../../auth/guards/scope.guard.js';
import { BASIC } from '../../auth/strategies/basic.strategy.js';
import { BEARER } from '../../auth/strategies/bearer.strategy.js';
import { KEY_SECRET } from '../../auth/strategies/key-secret.strategy.js';
import { documentRefusals, WRITE_REFUSALS } from '../../http/document-refusals.js';
import { IdempotencyKeyHeader } from '../../http/idempotency-key.header.js';
import type { ErrorCode } from '../../shared/app-error.js';
import { PlatformErrorResponse } from './error.response.js';
import { platformApiShape } from './errors.js';
import { AcceptsJsonGuard } from './guards.js';

const PlatformAuthGuard = ApiAuthGuard('platform', [BEARER, BASIC, KEY_SECRET]);
const ALWAYS: readonly ErrorCode[] = [
  'credentials_required',
  'credentials_invalid',
  'scope_missing',
  'not_acceptable',
  'internal_error',
  'service_unavailable',
];

interface PlatformOperation {
  summary: string;
  description: string;
  refusals: readonly ErrorCode[];
  /** What more must hold before the call, such as whose customer it is. */
  guards?: Type<CanActivate>[];
}

/** A call that reads: who may make it, and its part of the document. */
export function PlatformRead(scope: Scope, options: PlatformOperation): MethodDecorator {
  return operation(scope, options, ALWAYS);
}

/** A call that writes. */
export function PlatformWrite(scope: Scope, options: PlatformOperation): MethodDecorator {
  return applyDecorators(operation(scope, options, [...WRITE_REFUSALS, ...ALWAYS]), IdempotencyKeyHeader());
}

function operation(scope: Scope, options: PlatformOperation, common: readonly ErrorCode[]): MethodDecorator {
  const { summary, description, refusals, guards = [] } = options;
  return applyDecorators(
    RequireScope(scope),
    UseGuards(PlatformAuthGuard, ScopeGuard, AcceptsJsonGuard, ...guards),
    ApiOperation({ summary, description }),
    ApiSecurity('basic'),
    ApiSecurity({ apiKey: [], apiSecret: [] }),
    ApiSecurity('oauth2', [scope]),
    ApiSecurity('bearer'),
    documentPlatformRefusals([...refusals, ...common]),
  );
}

export function documentPlatformRefusals(codes: readonly ErrorCode[], path = '/customers'): MethodDecorator {
  return documentRefusals({ shape: platformApiShape, body: PlatformErrorResponse, path }, codes);
}

/** Documents the customer in the path. */
export const CustomerIdentifierParam = (): MethodDecorator =>
  ApiParam({
    name: 'customerIdentifier',
    description: 'The customer (group) on this platform.',
    schema: { type: 'string', minLength: 5, maxLength: 100, pattern: '^[-0-9a-zA-Z]+$' },
    example: 'acme-group',
  });
