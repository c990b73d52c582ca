import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional, type ApiPropertyOptions } from '@nestjs/swagger';
import { IDENTIFIER_MAX, IDENTIFIER_MIN } from '../shared/identifier.js';
import {
  AMOUNT_LIMIT,
  AmountField,
  CodeField,
  DateField,
  EMAIL_SCHEMA,
  EmailField,
  FlagField,
  IdentifierField,
  IdField,
  IntegerField,
  ListField,
  METADATA_KEY,
  METADATA_LIMITS,
  MetadataField,
  OneOfField,
  TextField,
  TextListField,
  textSchema,
  TimeField,
} from './fields.js';
import { POLLUTING_KEYS } from './raw-body.js';

/** Properties of request bodies, for all APIs: each decorator validates a property and documents it. */
export type Presence = 'required' | 'optional' | 'nullable';

export interface Documented {
  description: string;
  example?: unknown;
}

export function property(presence: Presence, options: ApiPropertyOptions): PropertyDecorator {
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

/** @param preset the documented default; `constraint` of a violation (`range`) */
export function Choice(
  presence: Presence,
  {
    values,
    preset,
    constraint = 'range',
    ...documented
  }: Documented & {
    values: readonly string[];
    preset?: string;
    constraint?: Parameters<typeof OneOfField>[1];
  },
): PropertyDecorator {
  return applyDecorators(
    property(presence, {
      ...documented,
      enum: presence === 'nullable' ? [...values, null] : [...values],
      ...(preset === undefined ? {} : { default: preset }),
    }),
    OneOfField(presence, constraint, values),
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

/** An identifier that a platform chose, such as `customerIdentifier`. */
export function Identifier(documented: Documented): PropertyDecorator {
  const schema = { minLength: IDENTIFIER_MIN, maxLength: IDENTIFIER_MAX, pattern: '^[-0-9a-zA-Z]+$' };
  return applyDecorators(property('required', { ...schema, ...documented }), IdentifierField());
}

export function EmailAddress(presence: Presence, documented: Documented): PropertyDecorator {
  return applyDecorators(
    property(presence, { ...documented, type: String, ...EMAIL_SCHEMA }),
    EmailField(presence),
  );
}

/** A currency code in any case: its form alone is checked. */
export function CurrencyCode(): PropertyDecorator {
  return Code({
    description: 'ISO 4217 code, or a configured digital one such as BTC. Case does not matter.',
    example: 'ZAR',
    pattern: /^[A-Za-z0-9]{3,10}$/,
    constraint: 'currency',
    message: 'must be a currency code',
  });
}

/** A text that matches a pattern. */
export function Code({
  pattern,
  constraint,
  message,
  ...documented
}: Documented & {
  pattern: RegExp;
  constraint: Parameters<typeof CodeField>[0];
  message: string;
}): PropertyDecorator {
  return applyDecorators(
    property('required', { ...documented, pattern: pattern.source }),
    CodeField(constraint, message, pattern),
  );
}

/** A positive integer id. */
export function IntegerId(documented: Documented): PropertyDecorator {
  const schema = { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER } as const;
  return applyDecorators(property('required', { ...schema, ...documented }), IdField());
}

/** A list of objects; with `identity`, no two may be equal in it, except those where it is `null`. */
export function ObjectList(
  presence: Presence,
  {
    items,
    min,
    max,
    identity,
    ...documented
  }: Documented & {
    items: new () => object;
    min?: number;
    max: number;
    identity?: (item: object) => string | null;
  },
): PropertyDecorator {
  return applyDecorators(
    property(presence, {
      ...documented,
      type: [items],
      ...(min === undefined ? {} : { minItems: min }),
      maxItems: max,
    }),
    ListField(presence, () => items, { min, max, identity }),
  );
}
