import { applyDecorators, Injectable, type PipeTransform } from '@nestjs/common';
import { ApiQuery } from '@nestjs/swagger';
import { TenantNames } from '../../../auth/tenant-names.service.js';
import type { CallContext } from '../../../http/call.decorator.js';
import type { OwnerTransactionQuery } from '../../../payments/owner-transactions.service.js';
import { AppError, type FieldViolation } from '../../../shared/app-error.js';

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1_000;

/** The query of a list of transactions. @throws AppError validation_failed */
@Injectable()
export class TransactionListPipe implements PipeTransform<CallContext, OwnerTransactionQuery> {
  constructor(private readonly names: TenantNames) {}

  transform({ caller, request }: CallContext): OwnerTransactionQuery {
    const query = request.query as Record<string, unknown>;
    const fields: FieldViolation[] = [];
    const limit = query.limit === undefined ? DEFAULT_LIMIT : toLimit(query.limit);
    if (limit === null) fields.push(violation('limit', `must be 1 to ${MAX_LIMIT}`, query.limit));
    const before = query.before === undefined ? null : this.idOf(query.before, caller.platformId);
    if (before === undefined) fields.push(violation('before', 'must be a transactionId', query.before));
    if (limit === null || before === undefined) throw new AppError('validation_failed', { fields });
    return { limit, before };
  }

  private idOf(given: unknown, platformId: string): string | undefined {
    if (typeof given !== 'string') return undefined;
    return this.names.readTransactionId(platformId, given) ?? undefined;
  }
}

/** The transfer that the path names. @throws AppError object_not_found */
@Injectable()
export class TransactionIdPipe implements PipeTransform<CallContext, string> {
  constructor(private readonly names: TenantNames) {}

  transform({ caller, request }: CallContext): string {
    const { transactionId } = request.params as { transactionId: string };
    const id = this.names.readTransactionId(caller.platformId, transactionId);
    if (id === null) throw new AppError('object_not_found');
    return id;
  }
}

export const TransactionListDocs = (): MethodDecorator =>
  applyDecorators(
    ApiQuery({
      name: 'limit',
      required: false,
      description: 'How many at most.',
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
