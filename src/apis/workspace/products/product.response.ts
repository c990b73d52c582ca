import { ApiProperty } from '@nestjs/swagger';
import type { CurrencyView } from '../../../currencies/currencies.service.js';
import type { ProductView } from '../../../products/products.service.js';

export class WorkspaceCurrencyResponse {
  @ApiProperty({ type: 'integer', description: 'Currency ID.', example: 147 })
  id!: number;

  @ApiProperty({ description: 'ISO 4217 code, or a digital currency’s.', example: 'USD' })
  code!: string;

  @ApiProperty({ description: 'English name.', example: 'United States dollar' })
  name!: string;

  @ApiProperty({ description: 'Everyday symbol.', example: '$' })
  symbol!: string;

  @ApiProperty({ type: 'integer', description: 'Minor-unit digits.', example: 2 })
  decimals!: number;

  @ApiProperty({ description: 'Smallest withdrawal over SWIFT, in minor units, as text.', example: '5000' })
  swiftMinimumWithdrawalAmount!: string;

  @ApiProperty({ format: 'date-time', description: 'RFC 3339, UTC.', example: '2026-01-15T09:30:00.000Z' })
  createdAt!: string;

  @ApiProperty({ format: 'date-time', description: 'RFC 3339, UTC.', example: '2026-01-15T09:30:00.000Z' })
  updatedAt!: string;
}

export class WorkspaceProductEdges {
  @ApiProperty({ description: 'The currency of its accounts.', type: WorkspaceCurrencyResponse })
  currency!: WorkspaceCurrencyResponse;
}

/** A kind of account that can be opened. */
export class WorkspaceProductResponse {
  @ApiProperty({ type: 'integer', description: 'Product ID: what POST /accounts takes.', example: 12 })
  id!: number;

  @ApiProperty({ description: 'Its name.', example: 'USD current account' })
  name!: string;

  @ApiProperty({ description: 'What it is.', example: 'A current account in United States dollar.' })
  description!: string;

  @ApiProperty({ description: 'Related objects.', type: WorkspaceProductEdges })
  edges!: WorkspaceProductEdges;

  @ApiProperty({ format: 'date-time', description: 'RFC 3339, UTC.', example: '2026-01-15T09:30:00.000Z' })
  createdAt!: string;

  @ApiProperty({ format: 'date-time', description: 'RFC 3339, UTC.', example: '2026-01-15T09:30:00.000Z' })
  updatedAt!: string;
}

export function presentCurrency(currency: CurrencyView): WorkspaceCurrencyResponse {
  const { id, code, name, symbol, decimals, createdAt, updatedAt } = currency;
  return {
    id,
    code,
    name,
    symbol,
    decimals,
    swiftMinimumWithdrawalAmount: currency.swiftMinimumWithdrawalMinor.toString(),
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  };
}

export function presentProduct(product: ProductView): WorkspaceProductResponse {
  const { id, name, description, currency, createdAt, updatedAt } = product;
  return {
    id,
    name,
    description,
    edges: { currency: presentCurrency(currency) },
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  };
}
