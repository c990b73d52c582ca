import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { CodeField } from '../../../http/fields.js';

const KEY = /^[\x21-\x7e]{1,255}$/;

/** The idempotency key of a line. */
export function LineKey(): PropertyDecorator {
  return applyDecorators(
    ApiProperty({
      description:
        'Names the line for a day: the same line under it again is answered as before, and does nothing.',
      pattern: KEY.source,
      example: 'row-1',
    }),
    CodeField('pattern', 'must be 1 to 255 visible ASCII characters', KEY),
  );
}

/** The key of a line, which may be invalid otherwise; `null` when it has no valid key. */
export function keyOf({ idempotencyKey }: Record<string, unknown>): string | null {
  return typeof idempotencyKey === 'string' && KEY.test(idempotencyKey) ? idempotencyKey : null;
}
