import { Controller, HttpCode, Post, UseGuards } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOkResponse, ApiOperation, ApiSecurity, ApiTags } from '@nestjs/swagger';
import {
  ClientCredentialsService,
  type AccessTokenRequest,
} from '../../../auth/client-credentials.service.js';
import { Call } from '../../../http/call.decorator.js';
import { ANY_CALL_REFUSALS } from '../../../http/document-refusals.js';
import { Idempotent } from '../../../http/idempotent.decorator.js';
import { PLATFORM_BASE } from '../errors.js';
import { documentPlatformRefusals } from '../platform-operation.decorator.js';
import { ClientAuthGuard, secondCredential } from './client-auth.guard.js';
import { TokenRequest, TokenRequestPipe } from './token-request.pipe.js';
import { presentToken, TokenResponse } from './token.response.js';

@ApiTags('OAuth')
@Controller(['oauth', `${PLATFORM_BASE.slice(1)}/oauth`])
export class OAuthController {
  constructor(private readonly clientCredentials: ClientCredentialsService) {}

  @Post('token')
  @HttpCode(200)
  @Idempotent()
  @UseGuards(ClientAuthGuard)
  @ApiOperation({
    operationId: 'getAccessToken',
    summary: 'Get an access token',
    description:
      'Client credentials grant (RFC 6749 §4.4). The key and secret come as HTTP Basic or in the form, not as both.',
  })
  @ApiConsumes('application/x-www-form-urlencoded')
  @ApiBody({ type: TokenRequest })
  @ApiSecurity('basic')
  @ApiSecurity({})
  @ApiOkResponse({ type: TokenResponse, description: 'A token for 15 minutes.' })
  @documentPlatformRefusals(
    [
      'body_malformed',
      'validation_failed',
      'grant_type_unsupported',
      'scope_invalid',
      'credentials_required',
      'credentials_invalid',
      'platform_not_verified',
      'media_type_unsupported',
      'payload_too_large',
      'request_timeout',
      'idempotency_key_malformed',
      'idempotency_key_reused',
      ...ANY_CALL_REFUSALS,
    ],
    { path: '/oauth/token', samples: { validation_failed: { fields: [secondCredential('client_secret')] } } },
  )
  async token(@Call(TokenRequestPipe) request: AccessTokenRequest): Promise<TokenResponse> {
    return presentToken(await this.clientCredentials.issue(request));
  }
}
