import { applyDecorators, createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiParam } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { AppError, type FieldViolation } from '../../shared/app-error.js';
import {
  type ObjectPrefix,
  parseSystemId,
  parsePlatformId,
  parseTenantId,
  type TenantObject,
  toSystemId,
} from '../../shared/object-id.js';

type PathRequest = FastifyRequest<{ Params: Record<string, string | undefined> }>;

/** The tenant object that `{id}` names. @throws AppError object_not_found when `{id}` is malformed */
export const TenantId = createParamDecorator(
  (prefix: ObjectPrefix, context: ExecutionContext): TenantObject => {
    const { id = '' } = context.switchToHttp().getRequest<PathRequest>().params;
    return tenantIdOf(prefix, id);
  },
);

/**
 * The number of the object without a tenant that `{id}` names.
 * @throws AppError object_not_found when it is malformed
 */
export const SystemId = createParamDecorator((prefix: ObjectPrefix, context: ExecutionContext): string => {
  const { id = '' } = context.switchToHttp().getRequest<PathRequest>().params;
  const number = parseSystemId(prefix, id);
  if (number === null) throw new AppError('object_not_found');
  return number;
});

/** The code that `{code}` names, with or without its prefix. @throws AppError object_not_found when it is malformed */
export const Code = createParamDecorator((prefix: ObjectPrefix, context: ExecutionContext): string => {
  const { code = '' } = context.switchToHttp().getRequest<PathRequest>().params;
  return codeOf(prefix, code);
});

/** The currency code that `{currency}` names, with or without its prefix. */
export const CurrencyInPath = createParamDecorator((_none: unknown, context: ExecutionContext): string => {
  const { currency = '' } = context.switchToHttp().getRequest<PathRequest>().params;
  return codeOf('cur', currency);
});

/** The transition that `{act}` names, one of the given choices. @throws AppError route_not_found for any other */
export const TransitionName = choiceIn('act');

/** The role that `{role}` names, one of the given choices. @throws AppError route_not_found for any other */
export const RoleName = choiceIn('role');

function choiceIn(parameter: string): (choices: readonly string[]) => ParameterDecorator {
  return createParamDecorator((choices: readonly string[], context: ExecutionContext): string => {
    const { [parameter]: named = '' } = context.switchToHttp().getRequest<PathRequest>().params;
    if (!choices.includes(named)) throw new AppError('route_not_found');
    return named;
  });
}

/** Checks the form before any lookup: PostgreSQL fails a statement whose text parameter contains a NUL byte. */
function codeOf(prefix: ObjectPrefix, text: string): string {
  const code = parseSystemId(prefix, text) ?? parseSystemId(prefix, toSystemId(prefix, text));
  if (code === null) throw new AppError('object_not_found');
  return code;
}

/** @throws AppError object_not_found */
export function tenantIdOf(prefix: ObjectPrefix, text: string): TenantObject {
  const object = parseTenantId(prefix, text);
  if (object === null) throw new AppError('object_not_found');
  return object;
}

/** The id in a body field. @throws AppError validation_failed */
export function tenantIdIn(path: string, prefix: ObjectPrefix, text: string): TenantObject {
  const object = parseTenantId(prefix, text);
  if (object !== null) return object;
  throw notAnId(path, prefix, text);
}

/** @throws AppError validation_failed */
export function systemIdIn(path: string, prefix: ObjectPrefix, text: string): string {
  const id = parseSystemId(prefix, text);
  if (id !== null) return id;
  throw notAnId(path, prefix, text);
}

/** The platform id in a body field, including the system tenant. @throws AppError validation_failed */
export function platformIdIn(path: string, text: string): string {
  const id = parsePlatformId(text);
  if (id !== null) return id;
  throw notAnId(path, 'plt', text);
}

function notAnId(path: string, prefix: ObjectPrefix, invalidValue: string): AppError {
  const field: FieldViolation = {
    path,
    constraint: 'pattern',
    message: `must be an id ${prefix}_…`,
    invalidValue,
  };
  return new AppError('validation_failed', { fields: [field] });
}

export const IdParam = (example: string): MethodDecorator =>
  ApiParam({ name: 'id', description: 'Its id.', schema: { type: 'string' }, example });

export const CodeParam = (description: string, example: string): MethodDecorator =>
  ApiParam({ name: 'code', description, schema: { type: 'string' }, example });

/** Documents `{id}` and `{act}`. */
export function TransitionParams(acts: readonly string[], example: string): MethodDecorator {
  return applyDecorators(
    IdParam(example),
    ApiParam({ name: 'act', description: 'What to do.', schema: { type: 'string', enum: [...acts] } }),
  );
}
