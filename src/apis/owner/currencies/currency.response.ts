import { ApiProperty } from '@nestjs/swagger';
import type { CurrencyView } from '../../../currencies/currencies.service.js';

/** A currency the owner may open an account in. */
export class OwnerCurrencyResponse {
  @ApiProperty({ description: 'ISO 4217 code, or a digital currency’s.', example: 'ZAR' })
  code!: string;

  @ApiProperty({ description: 'English name.', example: 'South African rand' })
  name!: string;

  @ApiProperty({ description: 'Everyday symbol.', example: 'R' })
  symbol!: string;

  @ApiProperty({
    description: 'Minor-unit digits: amounts have at most so many decimals.',
    type: 'integer',
    example: 2,
  })
  decimals!: number;
}

export function presentCurrency({ code, name, symbol, decimals }: CurrencyView): OwnerCurrencyResponse {
  return { code, name, symbol, decimals };
}
