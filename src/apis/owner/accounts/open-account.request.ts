import { ApiProperty } from '@nestjs/swagger';
import { CodeField } from '../../../http/fields.js';

export class OpenOwnerAccountRequest {
  @ApiProperty({
    description: 'ISO 4217 code, or a configured digital one such as BTC. Case does not matter.',
    pattern: '^[A-Za-z0-9]{3,10}$',
    example: 'ZAR',
  })
  @CodeField('currency', 'must be a currency code', /^[A-Za-z0-9]{3,10}$/)
  currency!: string;
}
