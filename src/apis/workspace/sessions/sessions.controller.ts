import { Controller, Delete, HttpCode, Post, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiNoContentResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { SessionAdministration } from '../../../auth/session-administration.service.js';
import { SessionsService } from '../../../auth/sessions.service.js';
import { Idempotent } from '../../../http/idempotent.decorator.js';
import { auditContextOf, Call, type CallContext } from '../../../http/call.decorator.js';
import { documentWorkspaceOperation, SessionOperation } from '../workspace-operation.decorator.js';
import { Rotation, type RotationCommand } from './rotation.decorator.js';
import { RefreshTokenGuard } from './refresh-token.guard.js';
import { presentTokens, SessionTokensResponse } from './tokens.response.js';

@ApiTags('Sessions')
@Controller('sessions')
export class SessionsController {
  constructor(
    private readonly sessions: SessionsService,
    private readonly administration: SessionAdministration,
  ) {}

  @Post('tokens')
  @HttpCode(200)
  @Idempotent()
  @UseGuards(RefreshTokenGuard)
  @documentWorkspaceOperation({
    operationId: 'refreshTokens',
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

  @Delete()
  @HttpCode(204)
  @SessionOperation('accounts:read', {
    operationId: 'logOut',
    summary: 'Log out',
    description: 'Ends the session of the access token, with all of its tokens, within a second.',
    refusals: [],
  })
  @ApiNoContentResponse({ description: 'The session has ended.' })
  async logOut(@Call() call: CallContext): Promise<void> {
    await this.administration.logOut(auditContextOf(call, 'logged out by the holder'));
  }
}
