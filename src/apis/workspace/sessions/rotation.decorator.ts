import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { PresentedToken, SessionTokens } from '../../../auth/sessions.service.js';
import { type CallContext, claimOf } from '../../../http/call.decorator.js';
import type { Claim } from '../../../idempotency/idempotency.service.js';
import { AppError } from '../../../shared/app-error.js';
import type { RefreshRequest } from './refresh-token.guard.js';
import { presentTokens } from './tokens.response.js';

export interface RotationCommand {
  presented: PresentedToken;
  claim: Claim<SessionTokens> | null;
}

/** The refresh token that `RefreshTokenGuard` let in. */
export const Rotation = createParamDecorator((_: unknown, context: ExecutionContext): RotationCommand => {
  const request = context.switchToHttp().getRequest<CallContext['request'] & RefreshRequest>();
  if (request.refreshToken === undefined || request.user === undefined)
    throw new AppError('credentials_required');
  return {
    presented: request.refreshToken,
    claim: claimOf({ caller: request.user, request }, 200, presentTokens),
  };
});
