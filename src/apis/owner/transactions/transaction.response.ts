import { ApiProperty } from '@nestjs/swagger';
import type { OwnerTransaction } from '../../../payments/owner-transactions.service.js';
import { toMajorNumber } from '../../../shared/money.js';
import { toTenantId } from '../../../shared/object-id.js';

/** Money that came in from, or went out to, the world outside. */
export class OwnerTransactionResponse {
  @ApiProperty({ description: 'Its id.', example: 'trf_1_1' })
  transactionId!: string;

  @ApiProperty({ description: 'The amount, in major units.', type: Number, example: 25.5 })
  amount!: number;

  @ApiProperty({ description: 'What it cost, in major units.', type: Number, example: 0 })
  fee!: number;

  @ApiProperty({ description: 'Its currency.', example: 'ZAR' })
  currency!: string;

  @ApiProperty({
    description: '`reversed` when a later transfer has reversed it.',
    enum: ['completed', 'reversed'],
    example: 'completed',
  })
  status!: 'completed' | 'reversed';

  @ApiProperty({ format: 'date-time', description: 'UTC.', example: '2026-01-15T09:30:00.000Z' })
  createdAt!: string;

  @ApiProperty({ format: 'date-time', description: 'UTC.', example: '2026-01-15T09:30:00.000Z' })
  completedAt!: string;
}

/** Fees are transfers of their own, so none is part of a deposit or a withdrawal. */
const FEE = 0;

export function presentTransaction(transaction: OwnerTransaction): OwnerTransactionResponse {
  const { platformId, id, amountMinor, decimals, currencyCode, isReversed, postedAt } = transaction;
  return {
    transactionId: toTenantId('trf', platformId, id),
    amount: toMajorNumber(BigInt(amountMinor), decimals),
    fee: FEE,
    currency: currencyCode,
    status: isReversed ? 'reversed' : 'completed',
    createdAt: postedAt.toISOString(),
    completedAt: postedAt.toISOString(),
  };
}
