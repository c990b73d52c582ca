import { applyDecorators, HttpCode, UseGuards } from '@nestjs/common';
import { ApiOperation, ApiSecurity } from '@nestjs/swagger';
import type { Scope } from '../../auth/caller.js';
import { ApiAuthGuard } from '../../auth/guards/api-auth.guard.js';
import { RequireScope, ScopeGuard } from '../../auth/guards/scope.guard.js';
import { BEARER } from '../../auth/strategies/bearer.strategy.js';
import { KEY_SECRET } from '../../auth/strategies/key-secret.strategy.js';
import {
  aMissingField,
  ANY_CALL_REFUSALS,
  documentRefusals,
  WRITE_REFUSALS,
} from '../../http/document-refusals.js';
import { Idempotent } from '../../http/idempotent.decorator.js';
import type { ErrorCode } from '../../shared/app-error.js';
import type { StateRefusal } from '../../shared/state-machine.js';
import { KeyPerLineGuard } from './bulk/key-per-line.guard.js';
import { ADMIN_PATH, adminApiShape } from './errors.js';
import { AdminProblemResponse } from './problem.response.js';

const AdminAuthGuard = ApiAuthGuard('admin', [BEARER, KEY_SECRET]);
const ALWAYS: readonly ErrorCode[] = [
  'credentials_required',
  'credentials_invalid',
  'scope_missing',
  ...ANY_CALL_REFUSALS,
];

interface AdminOperation {
  /** Method name in generated clients; unique within the document. */
  operationId: string;
  summary: string;
  description: string;
  refusals?: readonly ErrorCode[];
  /** State shown in the example of `transition_not_allowed`. */
  refusedIn?: StateRefusal;
}

/** A read. Allowed for every role. */
export function AdminRead(operation: AdminOperation): MethodDecorator {
  return documented('admin:read', operation, ALWAYS);
}

/** A PATCH, PUT or DELETE. Allowed for operators and approvers. */
export function AdminChange(operation: AdminOperation): MethodDecorator {
  return documented('admin:write', operation, [...WRITE_REFUSALS, ...ALWAYS]);
}

/** A POST that creates an object. Allowed for operators and approvers. */
export function AdminCreate(operation: AdminOperation): MethodDecorator {
  return applyDecorators(AdminChange(operation), Idempotent());
}

/** A POST that acts on an existing object. Allowed for operators and approvers. */
export function AdminAct(operation: AdminOperation): MethodDecorator {
  return applyDecorators(AdminCreate(operation), HttpCode(200));
}

/** A POST that creates an approval request, which a second admin decides. Allowed for operators and approvers. */
export function AdminAsk(operation: AdminOperation): MethodDecorator {
  return applyDecorators(AdminCreate(operation), HttpCode(202));
}

/** A bulk POST of NDJSON lines, each with its own idempotency key. Allowed for operators and approvers. */
export function AdminBulk(operation: AdminOperation): MethodDecorator {
  const refusals: readonly ErrorCode[] = ['body_malformed', 'validation_failed', 'media_type_unsupported'];
  const documentation = documented('admin:write', operation, [...refusals, 'payload_too_large', ...ALWAYS]);
  return applyDecorators(documentation, UseGuards(KeyPerLineGuard), HttpCode(200));
}

/** A PATCH, PUT or DELETE. Allowed for approvers only. */
export function ApproverChange(operation: AdminOperation): MethodDecorator {
  return documented('admin:approve', operation, [...WRITE_REFUSALS, ...ALWAYS]);
}

/** A POST that decides an approval request. Allowed for approvers only. */
export function AdminDecide(operation: AdminOperation): MethodDecorator {
  const documentation = documented('admin:approve', operation, [...WRITE_REFUSALS, ...ALWAYS]);
  return applyDecorators(documentation, Idempotent(), HttpCode(200));
}

function documented(
  scope: Scope,
  { operationId, summary, description, refusals = [], refusedIn }: AdminOperation,
  common: readonly ErrorCode[],
): MethodDecorator {
  return applyDecorators(
    RequireScope(scope),
    UseGuards(AdminAuthGuard, ScopeGuard),
    ApiOperation({ operationId, summary, description }),
    ApiSecurity('oauth2', [scope]),
    ApiSecurity('bearer'),
    ApiSecurity({ apiKey: [], apiSecret: [] }),
    documentAdminRefusals([...refusals, ...common], { refusedIn }),
  );
}

interface RefusalSamples {
  path?: string;
  refusedIn?: StateRefusal | undefined;
}

export function documentAdminRefusals(
  codes: readonly ErrorCode[],
  { path = ADMIN_PATH, refusedIn }: RefusalSamples = {},
): MethodDecorator {
  const ofState = refusedIn === undefined ? {} : { transition_not_allowed: refusedIn };
  const samples = { ...aMissingField('reason'), ...ofState };
  return documentRefusals({ shape: adminApiShape, body: AdminProblemResponse, path, samples }, [
    ...new Set(codes),
  ]);
}
