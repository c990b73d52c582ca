import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

export class PlatformErrorItem {
  @ApiProperty({ description: 'Path of the field in the request.', example: 'accountIdentifier' })
  path!: string;

  @ApiProperty({ description: 'Violated constraint, as a stable key.', example: '422.126' })
  i18nKey!: string;

  @ApiProperty({
    description: 'Message for humans.',
    example: 'accountIdentifier must have 5 to 100 characters',
  })
  message!: string;

  @ApiProperty({
    description: 'The invalid value; long text is truncated.',
    anyOf: [
      ...['string', 'number', 'boolean', 'object', 'null'].map((type) => ({ type })),
      { type: 'array', items: {} },
    ],
    example: 'abcd',
  })
  invalidValue!: unknown;

  @ApiProperty({ description: 'The rule.', example: 'length' })
  constraint!: string;
}

/** A refusal. */
export class PlatformErrorResponse {
  @ApiProperty({ format: 'date-time', description: 'When, UTC.', example: '2026-01-15T09:30:00.000Z' })
  timestamp!: string;

  @ApiProperty({ format: 'uuid', description: 'Also in X-REQUEST-ID.' })
  requestId!: string;

  @ApiProperty({ description: 'The path that was called.', example: '/customers/acme-group/accounts' })
  path!: string;

  @ApiProperty({ type: 'integer', description: 'The HTTP status.', example: 400 })
  httpCode!: number;

  @ApiProperty({ description: 'The HTTP status in words.', example: 'Bad Request' })
  httpPhrase!: string;

  @ApiProperty({ description: 'Stable error key.', example: '400.001' })
  i18nKey!: string;

  @ApiProperty({ description: 'Message for humans.', example: 'The request is not valid; see errors.' })
  message!: string;

  @ApiProperty({
    description: 'The fields that failed; empty when the refusal is not about fields.',
    type: [PlatformErrorItem],
  })
  errors!: PlatformErrorItem[];

  @ApiPropertyOptional({
    description: 'Token endpoint only: the RFC 6749 error code.',
    example: 'invalid_client',
  })
  error?: string;

  @ApiPropertyOptional({ description: 'Token endpoint only: the error for people.' })
  error_description?: string;
}
