import { applyDecorators, type Type } from '@nestjs/common';
import { ApiExtraModels, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import { AppError, type AppErrorDetails, type ErrorCode } from '../shared/app-error.js';
import type { ApiShape, RenderedError } from './api-shape.js';

const SAMPLE_REQUEST = {
  requestId: '0b0ff7f0-3c5c-4d0e-9d5e-4f1a7c2b9a10',
  method: 'POST',
  now: new Date('2026-01-15T09:30:00.000Z'),
};

/** Errors that any operation may return, for any caller. */
export const ANY_CALL_REFUSALS: readonly ErrorCode[] = [
  'rate_limited',
  'internal_error',
  'service_unavailable',
];

/** What every call with a body and an idempotency key may meet. */
export const WRITE_REFUSALS: readonly ErrorCode[] = [
  'body_malformed',
  'validation_failed',
  'idempotency_key_malformed',
  'idempotency_key_reused',
  'payload_too_large',
  'request_timeout',
  'media_type_unsupported',
];

type Samples = Partial<Record<ErrorCode, AppErrorDetails>>;

export interface Refusals {
  shape: ApiShape;
  /** The class that describes the error body. */
  body: Type;
  path: string;
  /** Properties of example errors, beside those that each API adds. */
  samples?: Samples;
}

const SAMPLES: Samples = {
  transition_not_allowed: { state: 'closed', allowedActs: [] },
};

/** A field that is missing, as an example of `validation_failed`. */
export function aMissingField(path: string): Samples {
  return {
    validation_failed: {
      fields: [{ path, constraint: 'required', message: 'is required', invalidValue: null }],
    },
  };
}

/** Documents the refusals of an operation, each with the body the API really sends for it. */
export function documentRefusals(
  { shape, body, path, samples = {} }: Refusals,
  codes: readonly ErrorCode[],
): MethodDecorator & ClassDecorator {
  const byStatus = new Map<number, [ErrorCode, RenderedError][]>();
  for (const code of codes) {
    const rendered = shape.render(new AppError(code, samples[code] ?? SAMPLES[code]), {
      ...SAMPLE_REQUEST,
      path,
    });
    byStatus.set(rendered.status, [...(byStatus.get(rendered.status) ?? []), [code, rendered]]);
  }
  const responses = [...byStatus].map(([status, refusals]) =>
    ApiResponse({
      status,
      description: [...new Set(refusals.map(([, { body }]) => wordsOf(body)))].join(' '),
      content: {
        [shape.mediaType ?? 'application/json']: {
          schema: { $ref: getSchemaPath(body) },
          examples: Object.fromEntries(refusals.map(([code, { body: value }]) => [code, { value }])),
        },
      },
    }),
  );
  return applyDecorators(ApiExtraModels(body), ...responses);
}

/** The message of an error, in the property that its API uses. */
function wordsOf(body: { detail?: string; message?: string }): string {
  const words = body.detail ?? body.message ?? '';
  return words.endsWith('.') ? words : `${words}.`;
}
