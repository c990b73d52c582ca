import { ApiProperty } from '@nestjs/swagger';
import { type AccountView, availableMinor } from '../../../accounts/reading/account-view.js';
import { toMajorNumber } from '../../../shared/money.js';

const CURRENCY_PATTERN = '^[0-9A-Z]{3,10}$';

/** The four fields of an account, as the contract has them. */
export const OWNER_ACCOUNT = {
  id: {
    description: 'Identifies the account in this API.',
    pattern: '^acc_[0-9A-Z]{6,}$',
    example: 'acc_8F4J2NQ07XK3M5RT',
  },
  currency: {
    description: 'ISO 4217 code, or a digital currency’s.',
    pattern: CURRENCY_PATTERN,
    example: 'ZAR',
  },
  balance: {
    description: 'Available balance in major units: posted less locked.',
    type: Number,
    example: 2500,
  },
  lockedBalance: {
    description: 'Balance locked by holds, in major units.',
    type: Number,
    minimum: 0,
    example: 0,
  },
} as const;

/** An account as its owner sees it. */
export class OwnerAccountResponse {
  @ApiProperty(OWNER_ACCOUNT.id)
  id!: string;

  @ApiProperty(OWNER_ACCOUNT.currency)
  currency!: string;

  @ApiProperty(OWNER_ACCOUNT.balance)
  balance!: number;

  @ApiProperty(OWNER_ACCOUNT.lockedBalance)
  lockedBalance!: number;
}

export function presentAccount(account: AccountView): OwnerAccountResponse {
  const { publicId, currency, balance } = account;
  return {
    id: publicId,
    currency: currency.code,
    balance: toMajorNumber(availableMinor(account), currency.decimals),
    lockedBalance: toMajorNumber(balance.lockedMinor, currency.decimals),
  };
}
