import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional, type ApiPropertyOptions } from '@nestjs/swagger';
import { NO_PLACEHOLDER, placeholderSchema, PlaceholderRule } from '../../http/placeholder.js';
import { POLLUTING_KEYS } from '../../http/raw-body.js';
import {
  AMOUNT_LIMIT,
  AmountField,
  DateField,
  FlagField,
  IntegerField,
  METADATA_KEY,
  METADATA_LIMITS,
  MetadataField,
  OneOfField,
  TextField,
  TextListField,
  textSchema,
  TimeField,
} from '../../http/fields.js';

type Presence = 'required' | 'optional' | 'nullable';

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

interface Documented {
  description: string;
  example?: unknown;
}

function property(presence: Presence, options: ApiPropertyOptions): PropertyDecorator {
  const nullable = presence === 'nullable' ? { nullable: true } : {};
  return (presence === 'required' ? ApiProperty : ApiPropertyOptional)({
    ...options,
    ...nullable,
  });
}

/** A text of a request. */
export function Text(
  presence: Presence,
  { min = 0, max, ...documented }: Documented & { min?: number; max: number },
): PropertyDecorator {
  const lengths = { min, max };
  return applyDecorators(
    property(presence, { ...documented, type: String, ...textSchema(lengths) }),
    TextField(presence, lengths),
  );
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

export function Choice(
  presence: Presence,
  { values, ...documented }: Documented & { values: readonly string[] },
): PropertyDecorator {
  return applyDecorators(
    property(presence, { ...documented, enum: [...values] }),
    OneOfField(presence, 'range', values),
  );
}

export function Flag(presence: Presence, documented: Documented): PropertyDecorator {
  return applyDecorators(property(presence, { ...documented, type: Boolean }), FlagField(presence));
}

export function Integer(
  presence: Presence,
  { min, max, ...documented }: Documented & { min: number; max: number },
): PropertyDecorator {
  return applyDecorators(
    property(presence, { ...documented, type: 'integer', minimum: min, maximum: max }),
    IntegerField(presence, { min, max }),
  );
}

/** @param more what a document says besides */
export function Time(presence: Presence, documented: Documented, more: object = {}): PropertyDecorator {
  return applyDecorators(
    property(presence, { ...documented, type: String, format: 'date-time', ...more }),
    TimeField(presence),
  );
}

/** A positive amount of money. */
export function Amount(presence: Presence, documented: Documented): PropertyDecorator {
  return applyDecorators(
    property(presence, {
      ...documented,
      type: Number,
      exclusiveMinimum: 0 as never,
      exclusiveMaximum: AMOUNT_LIMIT as never,
    }),
    AmountField(presence),
  );
}

export function Day(presence: Presence, documented: Documented): PropertyDecorator {
  return applyDecorators(
    property(presence, { ...documented, type: String, format: 'date' }),
    DateField(presence),
  );
}

/** The types of the library know no such keyword. */
const NAMES: object = { propertyNames: { pattern: METADATA_KEY.source, not: { enum: [...POLLUTING_KEYS] } } };

/** Free names with text. */
export function Metadata(presence: Presence): PropertyDecorator {
  const { keys, keyLength, valueLength } = METADATA_LIMITS;
  return applyDecorators(
    property(presence, {
      description: `Free names with text, for your own use: at most ${keys}, names of ${keyLength} letters, digits, _ . -`,
      type: 'object',
      maxProperties: keys,
      additionalProperties: { type: 'string', ...textSchema({ max: valueLength }) },
      ...NAMES,
      example: { order: '4711' },
    }),
    MetadataField(presence),
  );
}

export function TextList(
  presence: Presence,
  {
    max,
    what,
    items,
    holds,
    ...documented
  }: Documented & {
    max: number;
    what: string;
    /** What a document says of one. */
    items: { enum?: string[]; pattern?: string; maxLength?: number };
    holds: (text: string) => boolean;
  },
): PropertyDecorator {
  return applyDecorators(
    property(presence, {
      ...documented,
      type: 'array',
      items: { type: 'string', ...items },
      maxItems: max,
      uniqueItems: true,
    }),
    TextListField(presence, { max, what, holds }),
  );
}

export function toTime(date: Date): string {
  return date.toISOString();
}

export function toTimeOrNull(date: Date | null): string | null {
  return date === null ? null : date.toISOString();
}
