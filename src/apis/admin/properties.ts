import { applyDecorators } from '@nestjs/common';
import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';
import { TextField, textSchema } from '../../http/fields.js';
import { NO_PLACEHOLDER, placeholderSchema, PlaceholderRule } from '../../http/placeholder.js';
import { property } from '../../http/request-properties.js';

/** A property of a response. */
export function ResponseProperty(
  description: string,
  example: unknown,
  more: ApiPropertyOptions = {},
): PropertyDecorator {
  return ApiProperty({ description, example, ...more });
}

/** A nullable text property of a response. */
export function NullableResponseProperty(
  description: string,
  example: unknown,
  more: object = {},
): PropertyDecorator {
  return ApiProperty({ description, example, type: String, nullable: true, ...more });
}

/** A timestamp of a response. */
export function ResponseTime(description: string): PropertyDecorator {
  return ApiProperty({ description, format: 'date-time', example: '2026-01-15T09:30:00.000Z' });
}

export function NullableResponseTime(description: string): PropertyDecorator {
  return ApiProperty({ description, type: String, format: 'date-time', nullable: true, example: null });
}

/** The discriminator of a response: a constant for each object type. */
export function ResponseKind(kind: string): PropertyDecorator {
  return ApiProperty({ description: 'The kind of object.', enum: [kind], example: kind });
}

/** Metadata of a response: string keys and values, as the caller sent them. */
export function ResponseMetadata(): PropertyDecorator {
  const more = { type: 'object', additionalProperties: { type: 'string' } } as const;
  return ResponseProperty('Free names with text.', { order: '4711' }, more);
}

export const REASON_LENGTHS = { min: 3, max: 500 };

/**
 * The value of `reason` in request examples, and so in the forms of Swagger UI. It is refused when it is sent
 * unchanged.
 */
export const REASON_PLACEHOLDER = '<why you do this>';

/** The reason for the operation. The audit trail keeps it permanently. */
export function Reason(): PropertyDecorator {
  return applyDecorators(
    property('required', {
      description:
        'Why, in your own words; it stays on the audit trail. A text in angle brackets is refused.',
      type: String,
      example: 'documents checked',
      ...textSchema(REASON_LENGTHS),
      ...NO_PLACEHOLDER,
      ...placeholderSchema(REASON_PLACEHOLDER),
    }),
    TextField('required', REASON_LENGTHS),
    PlaceholderRule(`replace the placeholder ${REASON_PLACEHOLDER} with your reason`),
  );
}

export function toTime(date: Date): string {
  return date.toISOString();
}

export function toTimeOrNull(date: Date | null): string | null {
  return date === null ? null : date.toISOString();
}
