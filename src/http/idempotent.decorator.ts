import { applyDecorators, UseGuards } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import { IdempotencyGuard } from './idempotency.guard.js';

/**
 * A POST whose retry is safe: `Idempotency-Key` is honoured, and documented. Without an example, which Swagger UI would
 * send, and again next time.
 *
 * Its guard stands behind those that find out who calls: applied after theirs, so above them among stacked decorators.
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
