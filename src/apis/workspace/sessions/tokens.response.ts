import { ApiProperty } from '@nestjs/swagger';
import type { SessionTokens } from '../../../auth/sessions.service.js';

export class RefreshTokenResponse {
  @ApiProperty({ type: 'integer', description: 'Refresh token ID.', example: 7 })
  id!: number;

  @ApiProperty({
    description: 'The token: the bearer of the next POST /sessions/tokens.',
    example: 'vrt_1_7-…',
  })
  value!: string;

  @ApiProperty({ format: 'date-time', description: 'RFC 3339, UTC.', example: '2026-01-15T09:30:00.000Z' })
  createdAt!: string;

  @ApiProperty({ format: 'date-time', description: 'RFC 3339, UTC.', example: '2026-01-15T09:30:00.000Z' })
  updatedAt!: string;

  @ApiProperty({
    format: 'date-time',
    description: '14 days after its issue.',
    example: '2026-01-29T09:30:00.000Z',
  })
  expiredAt!: string;
}

export class SessionTokensResponse {
  @ApiProperty({
    description: 'Bearer of every other call, for 15 minutes. A JWT.',
    example: 'eyJhbGciOiJFUzI1NiJ9.…',
  })
  accessToken!: string;

  @ApiProperty({ description: 'Good for one use.', type: RefreshTokenResponse })
  refreshToken!: RefreshTokenResponse;
}

export function presentTokens({ accessToken, refreshToken }: SessionTokens): SessionTokensResponse {
  const { id, value, createdAt, expiresAt } = refreshToken;
  return {
    accessToken,
    refreshToken: {
      id: Number(id),
      value,
      createdAt: createdAt.toISOString(),
      updatedAt: createdAt.toISOString(),
      expiredAt: expiresAt.toISOString(),
    },
  };
}
