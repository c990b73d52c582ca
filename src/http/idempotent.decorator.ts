import { applyDecorators, UseGuards } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import { IdempotencyGuard } from './idempotency.guard.js';

/**
 * A POST that can be retried: `Idempotency-Key` is honoured and documented. The document gives no example, because
 * Swagger UI would send it, and send it again next time.
 *
 * Its guard runs behind authentication: list it after the authentication decorators, so above them when stacked.
 */
export const Idempotent = (): MethodDecorator =>
  applyDecorators(
    UseGuards(IdempotencyGuard),
    ApiHeader({
      name: 'Idempotency-Key',
      required: false,
      description:
        'Makes a retry safe: the same request under the same key gets the first answer again for 24 hours, with ' +
        '`Idempotent-Replayed: true`. Another request under the same key is refused.',
      schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[!-~]+$' },
    }),
  );
