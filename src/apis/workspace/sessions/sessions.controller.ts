import { Controller, HttpCode, Post, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { SessionsService } from '../../../auth/sessions.service.js';
import { Idempotent } from '../../../http/idempotent.decorator.js';
import { documentWorkspaceOperation } from '../workspace-operation.decorator.js';
import { Rotation, type RotationCommand } from './rotation.decorator.js';
import { RefreshTokenGuard } from './refresh-token.guard.js';
import { presentTokens, SessionTokensResponse } from './tokens.response.js';

@ApiTags('Sessions')
@Controller('sessions')
export class SessionsController {
  constructor(private readonly sessions: SessionsService) {}

  @Post('tokens')
  @HttpCode(200)
  @Idempotent()
  @UseGuards(RefreshTokenGuard)
  @documentWorkspaceOperation({
    summary: 'Refresh tokens',
    description:
      'Send the refresh token as the bearer; the body is empty. The token is used up and a new pair is issued. ' +
      'A used token sent once more ends the whole session, because one of its two senders stole it.',
    refusals: ['credentials_required', 'idempotency_key_malformed', 'idempotency_key_reused'],
  })
  @ApiBearerAuth('refreshToken')
  @ApiOkResponse({ type: SessionTokensResponse, description: 'A new pair.' })
  async refresh(@Rotation() { presented, claim }: RotationCommand): Promise<SessionTokensResponse> {
    return presentTokens(await this.sessions.rotate(presented, claim));
  }
}
