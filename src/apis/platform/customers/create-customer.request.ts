import { Identifier, Text } from '../../../http/request-properties.js';

export class CreateCustomerRequest {
  @Identifier({ description: 'Identifies the customer on this platform; unique.', example: 'acme-group' })
  customerIdentifier!: string;

  @Text('required', {
    description: 'For people; unique on this platform. No emoji.',
    example: 'Acme Group',
    min: 5,
    max: 100,
  })
  displayName!: string;
}
