import { applyDecorators } from '@nestjs/common';
import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';
import { TextField, textSchema } from '../../http/fields.js';
import { NO_PLACEHOLDER, placeholderSchema, PlaceholderRule } from '../../http/placeholder.js';
import { property } from '../../http/request-properties.js';

/** A property of an answer. */
export function ResponseProperty(
  description: string,
  example: unknown,
  more: ApiPropertyOptions = {},
): PropertyDecorator {
  return ApiProperty({ description, example, ...more });
}

/** A text of an answer that may be null. */
export function NullableResponseProperty(
  description: string,
  example: unknown,
  more: object = {},
): PropertyDecorator {
  return ApiProperty({ description, example, type: String, nullable: true, ...more });
}

/** A moment of an answer. */
export function ResponseTime(description: string): PropertyDecorator {
  return ApiProperty({ description, format: 'date-time', example: '2026-01-15T09:30:00.000Z' });
}

export function NullableResponseTime(description: string): PropertyDecorator {
  return ApiProperty({ description, type: String, format: 'date-time', nullable: true, example: null });
}

/** What the object is: the same for every object of its kind. */
export function ResponseKind(kind: string): PropertyDecorator {
  return ApiProperty({ description: 'The kind of object.', enum: [kind], example: kind });
}

/** Free names with text, as the caller gave them. */
export function ResponseMetadata(): PropertyDecorator {
  const more = { type: 'object', additionalProperties: { type: 'string' } } as const;
  return ResponseProperty('Free names with text.', { order: '4711' }, more);
}

export const REASON_LENGTHS = { min: 3, max: 500 };

/** What request examples hold for a reason, and so the forms of Swagger UI. No reason at all, and refused as such. */
export const REASON_PLACEHOLDER = '<why you do this>';

/** Why the act is done; on the audit trail for good. */
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
