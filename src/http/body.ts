import type { Type } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { AppError, type FieldViolation } from '../shared/app-error.js';
import type { CallContext } from './call.decorator.js';
import { readJsonObject } from './raw-body.js';
import { oversizedFields } from './size-bounds.js';
import { violationsOf } from './validity.js';

/** Undeclared fields that a refusal names: a body may have thousands. */
const MAX_UNKNOWN = 20;

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
  const message = 'is not a field of this request';
  const unknown: FieldViolation[] = [];
  for (const [path, invalidValue] of unreadFields(plain, body, ''))
    if (unknown.push({ path, constraint: 'unknown', message, invalidValue }) === MAX_UNKNOWN) break;
  refuse(unknown);
  return body;
}

/** What was sent and has no place in what was read of it. */
function* unreadFields(
  sent: object,
  read: object,
  prefix: string,
): Generator<[path: string, value: unknown], undefined> {
  for (const [name, value] of Object.entries(sent) as [string, unknown][]) {
    const path = Array.isArray(sent) ? `${prefix}[${name}]` : prefix === '' ? name : `${prefix}.${name}`;
    if (!Object.hasOwn(read, name)) yield [path, value];
    else {
      const own: unknown = Reflect.get(read, name);
      if (isObject(value) && isObject(own)) yield* unreadFields(value, own, path);
    }
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/**
 * A list or an object beyond its maximum size is refused before its content is looked at.
 * @throws AppError validation_failed, one violation for each field that does not hold
 */
export function validated<T extends object>(shape: Type<T>, plain: Record<string, unknown>): T {
  refuse(oversizedFields(shape, plain));
  const instance = plainToInstance(shape, plain, { excludeExtraneousValues: true, exposeUnsetFields: false });
  refuse(violationsOf(instance));
  return instance;
}

function refuse(fields: FieldViolation[]): void {
  if (fields.length > 0) throw new AppError('validation_failed', { fields });
}
