import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { authenticate, type CallerRequest } from '../../../auth/caller.js';
import { authorizationToken, countHeader, type HeaderCarrier } from '../../../auth/headers.js';
import { type PresentedToken, SessionsService } from '../../../auth/sessions.service.js';
import { AppError } from '../../../shared/app-error.js';
import { toTenantId } from '../../../shared/object-id.js';

export interface RefreshRequest extends CallerRequest {
  refreshToken?: PresentedToken;
}

/** Lets a genuine refresh token in, used up or not: what its second use means is decided in the transaction. */
@Injectable()
export class RefreshTokenGuard implements CanActivate {
  constructor(private readonly sessions: SessionsService) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<HeaderCarrier & RefreshRequest>();
    if (countHeader(request, 'authorization') === 0) throw new AppError('credentials_required');
    const value = authorizationToken(request, 'bearer');
    const presented = value === undefined ? null : await this.sessions.inspect(value);
    if (presented === null) {
      request.authenticationFailure = { reason: 'invalid_token' };
      throw new AppError('credentials_invalid');
    }
    request.authenticationFailure = {
      reason: 'used_refresh_token',
      credential: toTenantId('ses', presented.platformId, presented.sessionId),
    };
    const { platformId, sessionId, tokenId } = presented;
    authenticate(request, {
      kind: 'workspace',
      platformId,
      customerId: null,
      workspaceId: null,
      id: `session:${sessionId}`,
      actorId: toTenantId('ses', platformId, sessionId),
      name: 'session',
      allowedCurrencies: null,
      scopes: new Set(),
      suspension: null,
      rateLimit: null,
      expiresAt: null,
      isNarrowed: false,
    });
    request.refreshToken = presented;
    request.fingerprintParts = [tokenId];
    request.mayReplay = () => this.sessions.mayReplay(presented);
    return true;
  }
}
