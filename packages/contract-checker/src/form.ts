import { decimalsOf } from './decimals.js';
import { isObject, type Json, Numeral } from './exact-json.js';

/** The problem of a value at a place, such as `edges.balances[0].amount must be an integer, is "0"`. */
export type Problem = string;
/** The documented form of a value: returns its problems. */
export type Form = (value: Json | undefined, place: string) => Problem[];

const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;

export const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** A string; matching the pattern, if one is given. */
export function text(what = 'text', pattern = /^/): Form {
  return must(what, (value) => typeof value === 'string' && pattern.test(value));
}

/** A string that is not blank. */
export const filled = text('text that is not empty', /\S/);

export const integer = must('an integer', (value) => value instanceof Numeral && value.decimals === 0);

/** A time as in RFC 3339; in UTC if `pattern` requires it. */
export function time(what = 'a time as in RFC 3339', pattern = TIME): Form {
  return must(what, (value) => typeof value === 'string' && pattern.test(value) && isDate(value));
}

/** An amount in major units: a number with no more decimals than the currency has. */
export function amount(currency: Json | undefined): Form {
  const most = typeof currency === 'string' ? decimalsOf(currency.toUpperCase()) : Infinity;
  const what = `a number with at most ${most} decimals`;
  return must(what, (value) => value instanceof Numeral && value.decimals <= most);
}

/** A number with any decimals. */
export const number = must('a number', (value) => value instanceof Numeral);

export const boolean = must('true or false', (value) => typeof value === 'boolean');

export function oneOf(...values: readonly string[]): Form {
  return must(values.join(' or '), (value) => typeof value === 'string' && values.includes(value));
}

export function nullable(form: Form): Form {
  return (value, place) => (value === null ? [] : form(value, place));
}

export function listOf(form: Form): Form {
  return (value, place) =>
    Array.isArray(value)
      ? value.flatMap((item, index) => form(item, `${place}[${index}]`))
      : [problem(place, 'an array', value)];
}

/** An object with at least these members. More are allowed in every contract. */
export function objectOf(members: Readonly<Record<string, Form>>): Form {
  return (value, place) => {
    if (!isObject(value)) return [problem(place, 'an object', value)];
    const inside = place === '' ? '' : `${place}.`;
    return Object.entries(members).flatMap(([name, form]) => form(value[name], `${inside}${name}`));
  };
}

/** The same for members that may be missing. */
export function optionally(members: Readonly<Record<string, Form>>): Form {
  return (value, place) => {
    const there = Object.entries(members).filter(([name]) => isObject(value) && value[name] !== undefined);
    return objectOf(Object.fromEntries(there))(value, place);
  };
}

/** A value whose form depends on another property, such as an amount on its currency. */
export function dependingOn(choose: (value: Json | undefined) => Form): Form {
  return (value, place) => choose(value)(value, place);
}

function must(what: string, holds: (value: Json | undefined) => boolean): Form {
  return (value, place) => (holds(value) ? [] : [problem(place, what, value)]);
}

function problem(place: string, what: string, value: Json | undefined): Problem {
  const found = value === undefined ? 'missing' : JSON.stringify(value);
  // Not truncated: secrets are masked before display, and truncation could hide a part of one from the mask.
  return `${place === '' ? 'the body' : place} must be ${what}, is ${found}`;
}

function isDate(value: string): boolean {
  return !Number.isNaN(Date.parse(value));
}
