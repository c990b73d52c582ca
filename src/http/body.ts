import type { Type } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { validateSync, type ValidationError } from 'class-validator';
import { AppError, type FieldConstraint, type FieldViolation } from '../shared/app-error.js';
import type { CallContext } from './call.decorator.js';
import { readJsonObject } from './raw-body.js';

/**
 * The body as a request class whose every field holds; fields the class does not name are ignored.
 * @throws AppError media_type_unsupported, body_malformed, validation_failed
 */
export function readBody<T extends object>(shape: Type<T>, { request }: CallContext): T {
  return validated(shape, readJsonObject(request));
}

/** @throws AppError validation_failed, one violation for each field that does not hold */
export function validated<T extends object>(shape: Type<T>, plain: Record<string, unknown>): T {
  const instance = plainToInstance(shape, plain, { excludeExtraneousValues: true, exposeUnsetFields: false });
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
