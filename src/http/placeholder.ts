import { ValidateBy } from 'class-validator';
import type { FieldConstraint } from '../shared/app-error.js';

const CONSTRAINT: FieldConstraint = 'pattern';
/** Nothing but a text in angle brackets, such as `<why you do this>`. */
const PLACEHOLDER = /^\s*<[^<>]*>\s*$/;

/** The name under which a schema keeps its placeholder. */
export const PLACEHOLDER_KEY = 'x-placeholder';

/** What a schema says of a placeholder: request examples, and so the forms of Swagger UI, hold it for a value. */
export function placeholderSchema(text: string): object {
  return { [PLACEHOLDER_KEY]: text };
}

/** What a document says of a field with a `PlaceholderRule`. */
export const NO_PLACEHOLDER = { not: { pattern: PLACEHOLDER.source } };

/** Refuses a text that is only a placeholder. Use it beside a `TextField`, which refuses values that are no text. */
export function PlaceholderRule(message: string): PropertyDecorator {
  const validate = (value: unknown): boolean => typeof value !== 'string' || !PLACEHOLDER.test(value);
  return ValidateBy({ name: CONSTRAINT, validator: { validate, defaultMessage: () => message } });
}
