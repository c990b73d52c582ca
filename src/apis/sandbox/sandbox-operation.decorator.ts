import { applyDecorators, UseGuards } from '@nestjs/common';
import { ApiOperation, ApiSecurity } from '@nestjs/swagger';
import { ANY_CALL_REFUSALS, documentRefusals } from '../../http/document-refusals.js';
import { ProblemResponse } from '../../http/problem.response.js';
import type { ErrorCode } from '../../shared/app-error.js';
import { sandboxApiShape } from './errors.js';
import { SandboxTokenGuard } from './sandbox-token.guard.js';

const ALWAYS: readonly ErrorCode[] = ['credentials_required', 'credentials_invalid', ...ANY_CALL_REFUSALS];
/** Of a call with a body. */
export const BODY_REFUSALS: readonly ErrorCode[] = [
  'body_malformed',
  'validation_failed',
  'payload_too_large',
  'request_timeout',
  'media_type_unsupported',
];

interface Operation {
  /** What clients call it: unique within the document. */
  operationId: string;
  summary: string;
  description: string;
  /** An example of a path that is refused. */
  path: string;
  refusals?: readonly ErrorCode[];
}

/** An operation authenticated by the sandbox token: its guards and its part of the document. */
export function SandboxOperation({
  operationId,
  summary,
  description,
  path,
  refusals = [],
}: Operation): MethodDecorator {
  const field = { path: 'now', constraint: 'required' as const, message: 'is required', invalidValue: null };
  const samples = { validation_failed: { fields: [field] } };
  return applyDecorators(
    UseGuards(SandboxTokenGuard),
    ApiOperation({ operationId, summary, description }),
    ApiSecurity('sandboxToken'),
    documentRefusals({ shape: sandboxApiShape, body: ProblemResponse, path, samples }, [
      ...refusals,
      ...ALWAYS,
    ]),
  );
}
