import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

/** One field that failed. */
export class ProblemField {
  @ApiProperty({ description: 'Path of the field in the body.', example: 'currency' })
  path!: string;

  @ApiProperty({ description: 'Violated constraint.', example: 'required' })
  code!: string;

  @ApiProperty({ description: 'Message for humans.', example: 'is required' })
  message!: string;
}

/** A refusal with the members of RFC 9457. */
export class ProblemResponse {
  @ApiProperty({
    description: 'Names the kind of problem.',
    pattern: '^urn:vostro:error:[a-z_]+$',
    example: 'urn:vostro:error:validation_failed',
  })
  type!: string;

  @ApiProperty({ description: 'The HTTP status in words.', example: 'Bad Request' })
  title!: string;

  @ApiProperty({ description: 'The HTTP status.', type: 'integer', minimum: 400, maximum: 599, example: 400 })
  status!: number;

  @ApiProperty({
    description: 'Description of the error.',
    example: 'A field of the body is not valid; see errors.',
  })
  detail!: string;

  @ApiProperty({ description: 'The path that was called.', example: '/api/v1/accounts' })
  instance!: string;

  @ApiProperty({
    description: 'Stable error code.',
    pattern: '^[a-z_]+$',
    example: 'validation_failed',
  })
  code!: string;

  @ApiProperty({
    description: 'Also in X-Request-Id.',
    format: 'uuid',
    example: '0b0ff7f0-3c5c-4d0e-9d5e-4f1a7c2b9a10',
  })
  requestId!: string;

  @ApiPropertyOptional({ description: 'The fields that failed.', type: [ProblemField] })
  errors?: ProblemField[];
}
