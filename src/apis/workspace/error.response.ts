import { ApiProperty } from '@nestjs/swagger';

/** A refusal. */
export class WorkspaceErrorResponse {
  @ApiProperty({
    description: 'What happened, for programs.',
    enum: [
      'invalid_request',
      'unauthorized',
      'kyc_not_completed',
      'product_not_found',
      'product_not_available',
      'account_already_exists',
      'idempotency_key_reused',
      'rate_limited',
      'internal_error',
      'service_unavailable',
    ],
    example: 'invalid_request',
  })
  errorCode!: string;

  @ApiProperty({ description: 'The same for people.', example: 'Invalid request parameters' })
  message!: string;
}
