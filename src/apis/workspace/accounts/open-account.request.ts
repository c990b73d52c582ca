import { IntegerId, Text } from '../../../http/request-properties.js';

export const ALIAS_MAX_LENGTH = 100;

export class OpenWorkspaceAccountRequest {
  @IntegerId({ description: 'Which product to open, from GET /products.', example: 12 })
  productID!: number;

  @Text('nullable', {
    description: 'A nickname. No emoji, no control characters.',
    example: 'USD Account',
    max: ALIAS_MAX_LENGTH,
  })
  alias?: string | null;
}
