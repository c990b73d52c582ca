import { ApiProperty } from '@nestjs/swagger';

/** A refusal. */
export class WorkspaceErrorResponse {
  @ApiProperty({
    description: 'Error code.',
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

  @ApiProperty({ description: 'Message for humans.', example: 'Invalid request parameters' })
  message!: string;
}
