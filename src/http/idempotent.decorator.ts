import { ApiHeader } from '@nestjs/swagger';

/** Documents the header that every POST takes. No example: Swagger UI would send it, and again next time. */
export const IdempotencyKeyHeader = (): MethodDecorator & ClassDecorator =>
  ApiHeader({
    name: 'Idempotency-Key',
    required: false,
    description:
      'Makes a retry safe: the same request under the same key gets the first answer again for 24 hours, with ' +
      '`Idempotent-Replayed: true`. Another request under the same key is refused.',
    schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[!-~]+$' },
  });
