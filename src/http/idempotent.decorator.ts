import { applyDecorators, UseInterceptors } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import { IdempotencyInterceptor } from './idempotency.interceptor.js';

/**
 * A POST whose retry is safe: `Idempotency-Key` is honoured, and documented. Without an example, which Swagger UI would
 * send, and again next time.
 *
 * Named before whatever else intercepts the call, which is then inside of it.
 */
export const Idempotent = (): MethodDecorator =>
  applyDecorators(
    UseInterceptors(IdempotencyInterceptor),
    ApiHeader({
      name: 'Idempotency-Key',
      required: false,
      description:
        'Makes a retry safe: the same request under the same key gets the first answer again for 24 hours, with ' +
        '`Idempotent-Replayed: true`. Another request under the same key is refused.',
      schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[!-~]+$' },
    }),
  );
