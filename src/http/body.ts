import type { Type } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { validateSync, type ValidationError } from 'class-validator';
import { AppError, type FieldConstraint, type FieldViolation } from '../shared/app-error.js';
import type { CallContext } from './call.decorator.js';
import { readJsonObject } from './raw-body.js';
import { isSurelyValid } from './validity.js';

/**
 * The body as a validated instance of the request class; fields that the class does not declare are ignored.
 * @throws AppError media_type_unsupported, body_malformed, validation_failed
 */
export function readBody<T extends object>(shape: Type<T>, { request }: CallContext): T {
  return validated(shape, readJsonObject(request));
}

/**
 * The same for an API with closed bodies: an undeclared field is refused, because it is probably misspelt.
 * @throws AppError media_type_unsupported, body_malformed, validation_failed
 */
export function readClosedBody<T extends object>(shape: Type<T>, { request }: CallContext): T {
  return validatedClosed(shape, readJsonObject(request));
}

/** @throws AppError validation_failed, with one violation per invalid or undeclared field */
export function validatedClosed<T extends object>(shape: Type<T>, plain: Record<string, unknown>): T {
  const body = validated(shape, plain);
  const unknown = unreadFields(plain, body, '');
  if (unknown.length === 0) return body;
  const fields = unknown.map(([path, invalidValue]) => ({
    path,
    constraint: 'unknown' as const,
    message: 'is not a field of this request',
    invalidValue,
  }));
  throw new AppError('validation_failed', { fields });
}

/** What was sent and has no place in what was read of it. */
function unreadFields(sent: object, read: object, prefix: string): [path: string, value: unknown][] {
  return Object.entries(sent).flatMap(([name, value]: [string, unknown]): [string, unknown][] => {
    const path = Array.isArray(sent) ? `${prefix}[${name}]` : [prefix, name].filter(Boolean).join('.');
    if (!Object.hasOwn(read, name)) return [[path, value]];
    const own: unknown = Reflect.get(read, name);
    return isObject(value) && isObject(own) ? unreadFields(value, own, path) : [];
  });
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** @throws AppError validation_failed, one violation for each field that does not hold */
export function validated<T extends object>(shape: Type<T>, plain: Record<string, unknown>): T {
  const instance = plainToInstance(shape, plain, { excludeExtraneousValues: true, exposeUnsetFields: false });
  if (isSurelyValid(instance)) return instance;
  const errors = validateSync(instance, { stopAtFirstError: true, forbidUnknownValues: false });
  if (errors.length > 0)
    throw new AppError('validation_failed', { fields: errors.flatMap((e) => toViolations(e, '')) });
  return instance;
}

function toViolations(error: ValidationError, prefix: string): FieldViolation[] {
  const isIndex = /^\d+$/.test(error.property);
  const path = isIndex ? `${prefix}[${error.property}]` : [prefix, error.property].filter(Boolean).join('.');
  const own = Object.entries(error.constraints ?? {}).map(([constraint, message]) => ({
    path,
    constraint: constraint as FieldConstraint,
    message,
    invalidValue: error.value as unknown,
  }));
  return [...own, ...(error.children ?? []).flatMap((child) => toViolations(child, path))];
}
