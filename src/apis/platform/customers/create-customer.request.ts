import { ApiProperty } from '@nestjs/swagger';
import { IdentifierField, TextField, textSchema } from '../../../http/fields.js';

export class CreateCustomerRequest {
  @ApiProperty({
    description: 'Names the customer on this platform; unique.',
    minLength: 5,
    maxLength: 100,
    pattern: '^[-0-9a-zA-Z]+$',
    example: 'acme-group',
  })
  @IdentifierField()
  customerIdentifier!: string;

  @ApiProperty({
    description: 'For people; unique on this platform. No emoji.',
    ...textSchema({ min: 5, max: 100 }),
    example: 'Acme Group',
  })
  @TextField('required', { min: 5, max: 100 })
  displayName!: string;
}
