import { ApiProperty } from '@nestjs/swagger';
import { type AccountView, availableMinor } from '../../../accounts/account-view.js';
import { toMajorNumber } from '../../../shared/money.js';

/** An account as its owner sees it. */
export class OwnerAccountResponse {
  @ApiProperty({
    description: 'Identifies the account in this API.',
    pattern: '^acc_[0-9A-Z]{6,}$',
    example: 'acc_8F4J2NQ07XK3M5RT',
  })
  id!: string;

  @ApiProperty({ description: 'ISO 4217 code, or a digital currency’s.', example: 'ZAR' })
  currency!: string;

  @ApiProperty({
    description: 'Available balance in major units: posted less locked.',
    type: Number,
    example: 2500,
  })
  balance!: number;

  @ApiProperty({ description: 'Balance locked by holds, in major units.', type: Number, example: 0 })
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
