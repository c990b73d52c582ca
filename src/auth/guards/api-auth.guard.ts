import { type ExecutionContext, mixin, type Type } from '@nestjs/common';
import { AuthGuard, type IAuthGuard } from '@nestjs/passport';
import { AppError } from '../../shared/app-error.js';
import { authenticate, type Caller, type CallerKind, type CallerRequest } from '../caller.js';
import { countHeader, type HeaderCarrier } from '../headers.js';

const CREDENTIAL_HEADERS = ['authorization', 'x-api-key', 'x-api-secret'];

/**
 * A guard that accepts one kind of caller, authenticated by any of the named strategies.
 *
 * Every fault of a credential gets the same error; a missing credential gets another one where the API distinguishes
 * them.
 */
export function ApiAuthGuard(kind: CallerKind, strategies: string[]): Type<IAuthGuard> {
  class KindGuard extends AuthGuard(strategies) {
    // Passport's declaration makes the user type a parameter of each guard.
    // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters
    override handleRequest<T>(
      error: unknown,
      user: Caller | false | null,
      _info: unknown,
      context: ExecutionContext,
    ): T {
      if (error) throw error as Error;
      const request = context.switchToHttp().getRequest<HeaderCarrier & CallerRequest>();
      if (!user || user.kind !== kind) {
        if (user) request.authenticationFailure = { reason: 'other_api', credential: user.actorId };
        const presented = CREDENTIAL_HEADERS.some((name) => countHeader(request, name) > 0);
        throw new AppError(presented ? 'credentials_invalid' : 'credentials_required');
      }
      // What another way of presenting a credential found does not count.
      delete request.authenticationFailure;
      authenticate(request, user);
      request.watch?.lap('auth');
      if (user.customerId !== null) request.subject = { customerId: user.customerId };
      return user as T;
    }
  }
  return mixin(KindGuard);
}
