import { Expose, Transform, Type } from 'class-transformer';
import { isEmail, ValidateBy, ValidateIf, ValidateNested } from 'class-validator';
import type { FieldConstraint } from '../shared/app-error.js';
import { InexactNumber } from '../shared/decimal.js';
import { hasIdentifierForm, IDENTIFIER_MAX, IDENTIFIER_MIN, isIdentifier } from '../shared/identifier.js';
import { codePointLength, isPlainText, plainTextPattern } from '../shared/text.js';
import { SizeBound } from './size-bounds.js';

/** Fields of request bodies. Each reports the first thing wrong with it, as one `FieldConstraint`. */
type Presence = 'required' | 'optional' | 'nullable';

/** Visible text for people: no control characters, no emoji. Trimmed before it is measured. */
export function TextField(
  presence: Presence,
  { min = 0, max }: { min?: number; max: number },
): PropertyDecorator {
  const length = (value: unknown): number => codePointLength((value as string).trim());
  const [tooLong, message]: [FieldConstraint, string] =
    min > 0
      ? ['length', `must have ${min} to ${max} characters`]
      : ['too_long', `must have at most ${max} characters`];
  return field(presence, [
    mustBe('type', 'must be text', isString),
    mustBe(tooLong, message, (value) => isAbout(value as string, max)),
    ...(min > 0 ? [mustBe('empty', 'must not be empty', (value) => length(value) > 0)] : []),
    mustBe('characters', 'must not hold emoji or control characters', (value) =>
      isPlainText(value as string),
    ),
    mustBe(tooLong, message, (value) => length(value) >= min && length(value) <= max),
  ]);
}

/** Units of UTF-16 that white space around a text may take. */
const PADDING = 64;

/**
 * Whether a text may have at most `max` code points, of one or two units of UTF-16 each. It is asked first, because
 * every other rule looks at each character.
 */
function isAbout(text: string, max: number): boolean {
  return text.length <= 2 * max + PADDING;
}

/** What a document says of a `TextField`. */
export function textSchema({ min = 0, max }: { min?: number; max: number }): {
  minLength?: number;
  maxLength: number;
  pattern: string;
} {
  return { ...(min === 0 ? {} : { minLength: min }), maxLength: max, pattern: plainTextPattern(min) };
}

/** An identifier that a platform chose: 5 to 100 of `-0-9a-zA-Z`. */
export function IdentifierField(): PropertyDecorator {
  return field('required', [
    mustBe('type', 'must be text', isString),
    mustBe('empty', 'must not be empty', (value) => value !== ''),
    mustBe('pattern', 'must hold only - 0-9 a-z A-Z', (value) => hasIdentifierForm(value as string)),
    mustBe('length', `must have ${IDENTIFIER_MIN} to ${IDENTIFIER_MAX} characters`, (value) =>
      isIdentifier(value as string),
    ),
  ]);
}

const EMAIL_MAX = 100;

const LOCAL_PART = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+";
/** Letters of domain names: ASCII, and scripts without look-alikes and symbols. */
const LETTER = 'A-Za-z\\u00aa-\\u1fff\\u2c00-\\ud7ff';
const LABEL = `[0-9${LETTER}](?:[0-9${LETTER}-]{0,61}[0-9${LETTER}])?`;

/** What a document says of an `EmailField`. */
export const EMAIL_SCHEMA = {
  maxLength: EMAIL_MAX,
  format: 'idn-email',
  pattern: `^(?=[^@]{1,64}@)${LOCAL_PART}(?:\\.${LOCAL_PART})*@(?:${LABEL}\\.)+[${LETTER}]{2,63}$`,
};

/** An e-mail address as people write it (RFC 5321 dot-string at a domain), at most 100 characters. */
export function EmailField(presence: Presence): PropertyDecorator {
  const tooLong = `must have at most ${EMAIL_MAX} characters`;
  return field(presence, [
    mustBe('type', 'must be text', isString),
    mustBe('empty', 'must not be empty', (value) => value !== ''),
    mustBe('too_long', tooLong, (value) => isAbout(value as string, EMAIL_MAX)),
    mustBe('characters', 'must not hold emoji or control characters', (value) =>
      isPlainText(value as string),
    ),
    mustBe('too_long', tooLong, (value) => codePointLength(value as string) <= EMAIL_MAX),
    mustBe('email', 'must be an e-mail address', isMailbox),
  ]);
}

export function isMailbox(value: unknown): boolean {
  return isEmail(value, { allow_utf8_local_part: false, blacklisted_chars: '"' });
}

/** Text that only has to be there; what it must be is decided elsewhere. */
export function CodeField(constraint: FieldConstraint, message: string, form: RegExp): PropertyDecorator {
  return field('required', [
    mustBe('type', 'must be text', isString),
    mustBe('empty', 'must not be empty', (value) => value !== ''),
    mustBe(constraint, message, (value) => form.test(value as string)),
  ]);
}

/** One of a fixed list of codes, in exactly this case. */
export function OneOfField(
  presence: Presence,
  constraint: FieldConstraint,
  codes: readonly string[],
): PropertyDecorator {
  return field(presence, [
    mustBe('type', 'must be text', isString),
    mustBe(constraint, `must be one of ${codes.join(', ')}`, (value) => codes.includes(value as string)),
  ]);
}

/** A positive integer that a JSON number holds exactly. */
export function IdField(): PropertyDecorator {
  return field('required', [
    mustBe('type', 'must be an integer', (value) => Number.isSafeInteger(value)),
    mustBe('range', 'must be positive', (value) => (value as number) > 0),
  ]);
}

/** Yes or no. */
export function FlagField(presence: Presence): PropertyDecorator {
  return field(presence, [mustBe('type', 'must be true or false', (value) => typeof value === 'boolean')]);
}

/** An integer of a range. */
export function IntegerField(
  presence: Presence,
  { min, max }: { min: number; max: number },
): PropertyDecorator {
  return field(presence, [
    mustBe('type', 'must be an integer', (value) => Number.isSafeInteger(value)),
    mustBe('range', `must be ${min} to ${max}`, (v) => (v as number) >= min && (v as number) <= max),
  ]);
}

/** No amount of any currency reaches it, in major units or minor ones. */
export const AMOUNT_LIMIT = 1e15;

/** An amount of major units, exactly as it was written. How many decimals it may have is its currency's to say. */
export function AmountField(presence: Presence): PropertyDecorator {
  const isNumber = (value: unknown): boolean => typeof value === 'number' || value instanceof InexactNumber;
  return field(presence, [
    // Left as it was read: a number that was not held exactly still knows how it was written.
    Transform(({ obj, key }) => (obj as Record<string, unknown>)[key]),
    mustBe('type', 'must be a number', isNumber),
    mustBe('range', 'must have at most 15 significant digits', (v) => !(v instanceof InexactNumber)),
    mustBe('range', `must be more than 0 and less than ${AMOUNT_LIMIT}`, (value) => isAmount(value)),
  ]);
}

function isAmount(value: unknown): boolean {
  return typeof value === 'number' && value > 0 && value < AMOUNT_LIMIT;
}

const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/;

/** A moment (RFC 3339), with its offset. */
export function TimeField(presence: Presence): PropertyDecorator {
  return field(presence, [
    mustBe('type', 'must be text', isString),
    mustBe('range', 'must be a time of RFC 3339', (value) => isTime(value as string)),
  ]);
}

export function isTime(text: string): boolean {
  return TIME.test(text) && !Number.isNaN(Date.parse(text));
}

const DATE = /^[12]\d{3}-\d{2}-\d{2}$/;

/** A day of the calendar (ISO 8601), such as `2026-01-31`. */
export function DateField(presence: Presence): PropertyDecorator {
  return field(presence, [
    mustBe('type', 'must be text', isString),
    mustBe('range', 'must be a date such as 2026-01-31', (value) => isDate(value as string)),
  ]);
}

function isDate(text: string): boolean {
  if (!DATE.test(text)) return false;
  const date = new Date(`${text}T00:00:00Z`);
  // A day that does not exist, such as 2026-02-30, comes back as another one.
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

export const METADATA_LIMITS = { keys: 20, keyLength: 40, valueLength: 500 } as const;
export const METADATA_KEY = /^[A-Za-z0-9_.-]{1,40}$/;

/** Free names with text, for the caller's own use. */
export function MetadataField(presence: Presence): PropertyDecorator {
  const { keys, valueLength } = METADATA_LIMITS;
  const tooLong = `must have texts of at most ${valueLength} characters`;
  const all = (value: unknown, holds: (text: string) => boolean): boolean =>
    Object.values(value as object).every((text) => typeof text === 'string' && holds(text));
  return field(presence, [
    // As it was read: the transformer leaves out names that are methods of every object, such as `valueOf`.
    Transform(({ obj, key }) => (obj as Record<string, unknown>)[key]),
    SizeBound(keys, 'keys'),
    mustBe('type', 'must be an object of texts', (value) => isObject(value) && all(value, () => true)),
    mustBe('too_long', tooLong, (value) => all(value, (text) => isAbout(text, valueLength))),
    mustBe('pattern', 'must have keys of 1 to 40 of A-Z a-z 0-9 _ . -', (value) =>
      Object.keys(value as object).every((key) => METADATA_KEY.test(key)),
    ),
    mustBe('characters', 'must not hold emoji or control characters', (value) => all(value, isPlainText)),
    mustBe('too_long', tooLong, (value) => all(value, (text) => codePointLength(text) <= valueLength)),
  ]);
}

/** A list of texts, each of a form, no two alike. */
export function TextListField(
  presence: Presence,
  { max, what, holds }: { max: number; what: string; holds: (text: string) => boolean },
): PropertyDecorator {
  return field(presence, [
    SizeBound(max, 'items'),
    mustBe('type', 'must be a list of texts', (value) => Array.isArray(value) && value.every(isString)),
    mustBe('pattern', `must hold only ${what}`, (value) => (value as string[]).every(holds)),
    mustBe('unique', 'must not repeat an item', (value) => areUnique(value as string[])),
  ]);
}

/** A list of objects with validated fields; with `identity`, no two may be equal in it, except where it is `null`. */
export function ListField(
  presence: Presence,
  item: () => new () => object,
  { min = 0, max, identity }: { min?: number; max: number; identity?: (item: object) => string | null },
): PropertyDecorator {
  return field(presence, [
    SizeBound(max, 'items', item),
    mustBe('type', 'must be a list of objects', (value) => Array.isArray(value) && value.every(isObject)),
    mustBe('empty', 'must not be empty', (value) => (value as unknown[]).length >= min),
    mustBe(
      'unique',
      'must not repeat an item',
      (value) =>
        identity === undefined ||
        areUnique((value as object[]).map(identity).filter((name) => name !== null)),
    ),
    ValidateNested({ each: true }),
    Type(item),
  ]);
}

function field(presence: Presence, rules: PropertyDecorator[]): PropertyDecorator {
  const gates: Record<Presence, PropertyDecorator[]> = {
    required: [mustBe('required', 'is required', (value) => value !== undefined && value !== null)],
    optional: [
      ValidateIf((_, value) => value !== undefined),
      mustBe('required', 'must not be null', (value) => value !== null),
    ],
    nullable: [ValidateIf((_, value) => value !== undefined && value !== null)],
  };
  const gate = gates[presence];
  return (target, key) => {
    for (const decorate of [Expose(), ...gate, ...rules]) decorate(target, key);
  };
}

function mustBe(
  name: FieldConstraint,
  message: string,
  validate: (value: unknown) => boolean,
): PropertyDecorator {
  return ValidateBy({ name, validator: { validate, defaultMessage: () => message } });
}

function isString(value: unknown): boolean {
  return typeof value === 'string';
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function areUnique(texts: readonly string[]): boolean {
  return new Set(texts).size === texts.length;
}
