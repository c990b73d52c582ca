import { ApiProperty } from '@nestjs/swagger';
import type { IssuedAccessToken } from '../../../auth/client-credentials.service.js';

export class TokenResponse {
  @ApiProperty({ description: 'Bearer of the other calls. A JWT.', example: 'eyJhbGciOiJFUzI1NiJ9.…' })
  access_token!: string;

  @ApiProperty({ description: 'How to send it.', enum: ['Bearer'], example: 'Bearer' })
  token_type!: 'Bearer';

  @ApiProperty({ type: 'integer', description: 'Seconds it lasts.', example: 900 })
  expires_in!: number;

  @ApiProperty({
    description:
      'What it allows, separated by spaces: of the scopes asked for, those that the credential has.',
    example: 'accounts:read accounts:write',
  })
  scope!: string;
}

export function presentToken({ accessToken, expiresInSeconds, scope }: IssuedAccessToken): TokenResponse {
  return { access_token: accessToken, token_type: 'Bearer', expires_in: expiresInSeconds, scope };
}
