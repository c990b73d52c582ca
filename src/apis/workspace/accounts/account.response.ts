import { ApiProperty } from '@nestjs/swagger';
import { type AccountView, availableMinor } from '../../../accounts/reading/account-view.js';
import { toMinorNumber } from '../../../shared/money.js';
import {
  presentCurrency,
  presentProduct,
  WorkspaceCurrencyResponse,
  WorkspaceProductResponse,
} from '../products/product.response.js';

export class WorkspaceBalanceResponse {
  @ApiProperty({ type: 'integer', description: 'Balance ID.', example: 1 })
  id!: number;

  @ApiProperty({
    type: 'integer',
    description: 'Available amount in minor units, such as cents.',
    example: 0,
  })
  amount!: number;

  @ApiProperty({ format: 'date-time', description: 'RFC 3339, UTC.', example: '2026-01-15T09:30:00.000Z' })
  createdAt!: string;

  @ApiProperty({ format: 'date-time', description: 'RFC 3339, UTC.', example: '2026-01-15T09:30:00.000Z' })
  updatedAt!: string;
}

export class WorkspaceAccountEdges {
  @ApiProperty({ description: 'Balances of the account.', type: [WorkspaceBalanceResponse] })
  balances!: WorkspaceBalanceResponse[];

  @ApiProperty({ description: 'The account’s currency.', type: WorkspaceCurrencyResponse })
  currency!: WorkspaceCurrencyResponse;

  @ApiProperty({ description: 'The product it was opened from.', type: WorkspaceProductResponse })
  product!: WorkspaceProductResponse;
}

/** An account as its workspace sees it. */
export class WorkspaceAccountResponse {
  @ApiProperty({ type: 'integer', description: 'Account ID.', example: 1 })
  id!: number;

  @ApiProperty({
    description: 'Account number; its last digit is a check digit.',
    example: '000000000018',
  })
  code!: string;

  @ApiProperty({ description: 'Name of the account holder.', example: 'Ada Exports Ltd' })
  name!: string;

  @ApiProperty({ description: 'The nickname it was given; empty when none.', example: 'USD Account' })
  alias!: string;

  @ApiProperty({ description: 'Whether it can be used.', enum: ['enabled', 'disabled'], example: 'enabled' })
  status!: 'enabled' | 'disabled';

  @ApiProperty({
    description: 'ISO 20022 account type; CACC is a current account.',
    enum: ['CACC'],
    example: 'CACC',
  })
  type!: 'CACC';

  @ApiProperty({ description: 'Related objects.', type: WorkspaceAccountEdges })
  edges!: WorkspaceAccountEdges;

  @ApiProperty({ format: 'date-time', description: 'RFC 3339, UTC.', example: '2026-01-15T09:30:00.000Z' })
  createdAt!: string;

  @ApiProperty({ format: 'date-time', description: 'RFC 3339, UTC.', example: '2026-01-15T09:30:00.000Z' })
  updatedAt!: string;
}

export function presentAccount(account: AccountView): WorkspaceAccountResponse {
  if (account.product === null) throw new Error(`account ${account.id} is not of a product`);
  return {
    id: Number(account.id),
    code: account.number,
    name: account.holderName,
    alias: account.alias ?? '',
    status: account.status === 'active' ? 'enabled' : 'disabled',
    type: account.product.accountType,
    edges: {
      balances: [presentBalance(account)],
      currency: presentCurrency(account.currency),
      product: presentProduct(account.product),
    },
    createdAt: account.createdAt.toISOString(),
    updatedAt: account.updatedAt.toISOString(),
  };
}

function presentBalance(account: AccountView): WorkspaceBalanceResponse {
  const { balance } = account;
  return {
    id: Number(balance.id),
    amount: toMinorNumber(availableMinor(account)),
    createdAt: balance.createdAt.toISOString(),
    updatedAt: balance.updatedAt.toISOString(),
  };
}
