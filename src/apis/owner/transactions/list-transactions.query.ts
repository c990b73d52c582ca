import { applyDecorators, createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiQuery } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import type { CallerRequest } from '../../../auth/caller.js';
import type { OwnerTransactionQuery } from '../../../payments/owner-transactions.service.js';
import { AppError, type FieldViolation } from '../../../shared/app-error.js';
import { parseTenantId } from '../../../shared/object-id.js';

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1_000;

type ListRequest = FastifyRequest<{ Querystring: Record<string, unknown> }> & CallerRequest;

/** The query of a list of transactions. @throws AppError validation_failed */
export const TransactionList = createParamDecorator(
  (_: unknown, context: ExecutionContext): OwnerTransactionQuery => {
    const { query, user } = context.switchToHttp().getRequest<ListRequest>();
    const fields: FieldViolation[] = [];
    const limit = query.limit === undefined ? DEFAULT_LIMIT : toLimit(query.limit);
    if (limit === null) fields.push(violation('limit', `must be 1 to ${MAX_LIMIT}`, query.limit));
    const before = query.before === undefined ? null : toId(query.before, user?.platformId);
    if (before === undefined) fields.push(violation('before', 'must be a transactionId', query.before));
    if (limit === null || before === undefined) throw new AppError('validation_failed', { fields });
    return { limit, before };
  },
);

export const TransactionListDocs = (): MethodDecorator =>
  applyDecorators(
    ApiQuery({
      name: 'limit',
      required: false,
      description: 'Maximum number of results.',
      schema: { type: 'integer', minimum: 1, maximum: MAX_LIMIT, default: DEFAULT_LIMIT },
    }),
    ApiQuery({
      name: 'before',
      required: false,
      description: 'Only older ones than this transactionId: the last one of the list before.',
      schema: { type: 'string' },
    }),
  );

function violation(path: string, message: string, invalidValue: unknown): FieldViolation {
  return { path, constraint: 'range', message, invalidValue };
}

function toLimit(given: unknown): number | null {
  const limit = typeof given === 'string' && /^\d{1,4}$/.test(given) ? Number(given) : 0;
  return limit >= 1 && limit <= MAX_LIMIT ? limit : null;
}

function toId(given: unknown, platformId: string | undefined): string | undefined {
  const name = typeof given === 'string' ? parseTenantId('trf', given) : null;
  return name !== null && name.platformId === platformId ? name.id : undefined;
}
