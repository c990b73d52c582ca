import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IdField, TextField, textSchema } from '../../../http/fields.js';

export const ALIAS_MAX_LENGTH = 100;

export class OpenWorkspaceAccountRequest {
  @ApiProperty({
    type: 'integer',
    minimum: 1,
    maximum: Number.MAX_SAFE_INTEGER,
    description: 'Which product to open, from GET /products.',
    example: 12,
  })
  @IdField()
  productID!: number;

  @ApiPropertyOptional({
    description: 'A nickname. No emoji, no control characters.',
    ...textSchema({ max: ALIAS_MAX_LENGTH }),
    example: 'USD Account',
  })
  @TextField('optional', { max: ALIAS_MAX_LENGTH })
  alias?: string;
}
