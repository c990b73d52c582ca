import { applyDecorators, createParamDecorator, type ExecutionContext, type Type } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, ApiQuery, getSchemaPath } from '@nestjs/swagger';
import { isUUID } from 'class-validator';
import type { FastifyRequest } from 'fastify';
import { isTime } from '../../http/fields.js';
import { AppError, type FieldViolation } from '../../shared/app-error.js';
import type { FilterSpec, ListQuery, ListSpec, Page, Position } from '../../shared/listing.js';
import { codePointLength } from '../../shared/text.js';

export const DEFAULT_LIMIT = 25;
export const MAX_LIMIT = 200;
const MAX_TEXT = 200;

/** One page, with the cursor of the next page. */
export interface PageResponse<Item> {
  items: Item[];
  nextCursor: string | null;
}

/** The query parameters of a list call, validated against its spec. */
export const List = createParamDecorator((spec: ListSpec, context: ExecutionContext): ListQuery => {
  const { query } = context
    .switchToHttp()
    .getRequest<FastifyRequest<{ Querystring: Record<string, unknown> }>>();
  return parseListQuery(spec, query);
});

/** @throws AppError validation_failed, one violation for each parameter that is unknown or cannot be read */
export function parseListQuery(spec: ListSpec, query: Readonly<Record<string, unknown>>): ListQuery {
  const { limit = DEFAULT_LIMIT, sort = spec.defaultSort, cursor, ...given } = query;
  const violations: FieldViolation[] = [];
  const check = <T>(path: string, value: T | null, message: string): T | null => {
    if (value === null) violations.push({ path, constraint: 'range', message, invalidValue: query[path] });
    return value;
  };
  const filters: Record<string, string> = {};
  for (const [name, text] of Object.entries(given)) {
    const filter = Object.hasOwn(spec.filters, name) ? spec.filters[name] : undefined;
    const message =
      filter === undefined ? 'is not a parameter of this list' : `must be: ${filter.description}`;
    const value = check(name, filter === undefined ? null : filterValue(filter, text), message);
    if (value !== null) filters[name] = value;
  }
  const sorting = check('sort', parseSort(spec, sort), `must be one of ${sortsOf(spec).join(', ')}`);
  const rows = check('limit', parseLimit(limit), `must be 1 to ${MAX_LIMIT}`);
  const after =
    cursor === undefined
      ? null
      : check('cursor', parseCursor(cursor, sort), 'must be a cursor of this list in this order');
  if (violations.length > 0 || sorting === null || rows === null)
    throw new AppError('validation_failed', { fields: violations });
  return { filters, sort: sorting, limit: rows, after };
}

/** @param query the query that produced the page; its sort order is part of the cursor */
export function presentPage<Row, Item>(
  page: Page<Row>,
  { sort }: ListQuery,
  present: (row: Row) => Item,
): PageResponse<Item> {
  const order = sort.descending ? `-${sort.name}` : sort.name;
  return {
    items: page.items.map(present),
    nextCursor: page.next === null ? null : toCursor(page.next, order),
  };
}

/** Documents the query parameters of a list, and the page that it returns. */
export function ListDocs(spec: ListSpec, item: Type): MethodDecorator {
  const filters = Object.entries(spec.filters).map(([name, filter]) =>
    ApiQuery({ name, required: false, ...documentedFilter(filter) }),
  );
  return applyDecorators(
    ...filters,
    ...pageParameters(spec),
    ApiExtraModels(item),
    ApiOkResponse({
      description: 'A page. What is written meanwhile neither shifts nor repeats what is shown.',
      schema: {
        type: 'object',
        required: ['items', 'nextCursor'],
        properties: {
          items: { type: 'array', items: { $ref: getSchemaPath(item) } },
          nextCursor: {
            type: ['string', 'null'] as never,
            description: 'Of the next page; null on the last.',
            example: null,
          },
        },
      },
    }),
  );
}

/** Puts the example into the description. As an OpenAPI `example`, Swagger UI would send it and filter every list. */
function documentedFilter({ description, schema: { example, ...schema } }: FilterSpec): {
  description: string;
  schema: object;
} {
  const isBounded = schema.enum !== undefined || schema.pattern !== undefined || schema.format !== undefined;
  return {
    description: example === undefined ? description : `${description} Such as \`${example}\`.`,
    schema: isBounded ? schema : { ...schema, minLength: 1, maxLength: MAX_TEXT },
  };
}

function pageParameters(spec: ListSpec): MethodDecorator[] {
  return [
    ApiQuery({
      name: 'sort',
      required: false,
      description: 'The order; a minus sign for the last first.',
      schema: { type: 'string', enum: sortsOf(spec), default: spec.defaultSort },
    }),
    ApiQuery({
      name: 'limit',
      required: false,
      description: 'Objects on a page.',
      schema: { type: 'integer', minimum: 1, maximum: MAX_LIMIT, default: DEFAULT_LIMIT },
    }),
    ApiQuery({
      name: 'cursor',
      required: false,
      description: '`nextCursor` of the page before. Opaque.',
      schema: { type: 'string' },
    }),
  ];
}

function sortsOf({ sorts }: ListSpec): string[] {
  return Object.keys(sorts).flatMap((name) => [name, `-${name}`]);
}

function filterValue({ schema, parse }: FilterSpec, given: unknown): string | null {
  if (typeof given !== 'string' || given === '' || codePointLength(given) > MAX_TEXT) return null;
  if (!given.isWellFormed() || given.includes('\0')) return null;
  if (schema.enum !== undefined && !schema.enum.includes(given)) return null;
  if (schema.pattern !== undefined && !new RegExp(schema.pattern).test(given)) return null;
  if (schema.format === 'uuid' && !isUUID(given)) return null;
  if (schema.format === 'date-time' && !isTime(given)) return null;
  return parse === undefined ? given : parse(given);
}

function parseSort(spec: ListSpec, given: unknown): ListQuery['sort'] | null {
  if (typeof given !== 'string' || !sortsOf(spec).includes(given)) return null;
  return { name: given.replace(/^-/, ''), descending: given.startsWith('-') };
}

export function parseLimit(given: unknown): number | null {
  const limit = typeof given === 'string' && /^\d{1,3}$/.test(given) ? Number(given) : given;
  return typeof limit === 'number' && limit >= 1 && limit <= MAX_LIMIT ? limit : null;
}

function toCursor({ value, key }: Position, order: string): string {
  return Buffer.from(JSON.stringify([order, value, key])).toString('base64url');
}

function parseCursor(given: unknown, order: unknown): Position | null {
  if (typeof given !== 'string') return null;
  try {
    const parts: unknown = JSON.parse(Buffer.from(given, 'base64url').toString('utf8'));
    if (!Array.isArray(parts) || parts.length !== 3 || parts[0] !== order) return null;
    const [, value, key] = parts as unknown[];
    if (typeof value !== 'string' || typeof key !== 'string' || !/^\d{1,18}$/.test(key)) return null;
    return { value, key };
  } catch {
    // The text is not a cursor that this API issued.
    return null;
  }
}
