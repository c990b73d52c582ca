import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { CurrencyAvailability } from '../accounts/currency-availability.service.js';
import type { CustomerEligibility } from '../customers/customer-eligibility.js';
import { AppError } from '../shared/app-error.js';
import { parseTenantId } from '../shared/object-id.js';

/** A deposit or withdrawal, as the owner API returns it. Amounts are minor units as decimal text. */
export interface OwnerTransaction {
  platformId: string;
  id: string;
  amountMinor: string;
  decimals: number;
  currencyCode: string;
  isReversed: boolean;
  postedAt: Date;
}

export type OwnerTransactionKind = 'deposit' | 'withdrawal';

/** Newest first. */
export interface OwnerTransactionQuery {
  limit: number;
  /** Only transactions with a lower id than this; `null`: from the newest. */
  before: string | null;
}

/** Per kind: the matching transfers, and the column of the owner's account. */
const KINDS: Readonly<Record<OwnerTransactionKind, { side: string; where: string }>> = {
  deposit: { side: 't.credit_account_id', where: `t.kind = 'deposit'` },
  // A capture that credits a settlement account is a withdrawal too.
  withdrawal: {
    side: 't.debit_account_id',
    where: `(t.kind = 'withdrawal' OR (t.kind = 'capture' AND EXISTS (SELECT 1 FROM accounts outside
      WHERE outside.platform_id = t.platform_id AND outside.id = t.credit_account_id
        AND outside.channel = 'settlement')))`,
  },
};

/** Reads deposits and withdrawals on an owner's accounts, in the currencies available in the owner's jurisdiction. */
@Injectable()
export class OwnerTransactions {
  constructor(
    private readonly dataSource: DataSource,
    private readonly availability: CurrencyAvailability,
  ) {}

  async list(
    kind: OwnerTransactionKind,
    platformId: string,
    eligibility: CustomerEligibility,
    { limit, before }: OwnerTransactionQuery,
  ): Promise<OwnerTransaction[]> {
    return this.find(kind, platformId, eligibility, {
      condition: '($4::bigint IS NULL OR t.id < $4)',
      value: before,
      limit,
    });
  }

  /** @throws AppError object_not_found: not a transaction of this owner, or its currency is not available */
  async get(
    kind: OwnerTransactionKind,
    platformId: string,
    eligibility: CustomerEligibility,
    transactionId: string,
  ): Promise<OwnerTransaction> {
    const name = parseTenantId('trf', transactionId);
    if (name?.platformId !== platformId) throw new AppError('object_not_found');
    const wanted = { condition: 't.id = $4::bigint', value: name.id, limit: 1 };
    const [transaction] = await this.find(kind, platformId, eligibility, wanted);
    if (transaction === undefined) throw new AppError('object_not_found');
    return transaction;
  }

  private async find(
    kind: OwnerTransactionKind,
    platformId: string,
    { customerId, jurisdictionCode }: CustomerEligibility,
    { condition, value, limit }: { condition: string; value: string | null; limit: number },
  ): Promise<OwnerTransaction[]> {
    const available = await this.availability.availableIn(jurisdictionCode);
    const { side, where } = KINDS[kind];
    return this.dataSource.query<OwnerTransaction[]>(
      `SELECT t.platform_id AS "platformId", t.id, t.amount_minor AS "amountMinor", currency.decimals,
         t.currency_code AS "currencyCode", reversal.id IS NOT NULL AS "isReversed", t.posted_at AS "postedAt"
       FROM accounts a
       JOIN transfers t ON t.platform_id = a.platform_id AND ${side} = a.id
       JOIN currencies currency ON currency.code = t.currency_code
       LEFT JOIN transfers reversal ON reversal.platform_id = t.platform_id AND reversal.reverses_id = t.id
       WHERE a.platform_id = $1 AND a.customer_id = $2 AND a.channel = 'owner'
         AND a.currency_code = ANY($3::text[]) AND ${where} AND ${condition}
       ORDER BY t.id DESC LIMIT $5`,
      [platformId, customerId, available.map(({ code }) => code), value, limit],
    );
  }
}
