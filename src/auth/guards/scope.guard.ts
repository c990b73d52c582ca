import { type CanActivate, type ExecutionContext, Injectable, SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AppError } from '../../shared/app-error.js';
import type { CallerRequest, Scope } from '../caller.js';

const REQUIRED_SCOPE = 'vostro:required-scope';

/** Declares the scope that a route needs. A route that declares none is refused. */
export const RequireScope = (scope: Scope): MethodDecorator => SetMetadata(REQUIRED_SCOPE, scope);

/** Use it behind an `ApiAuthGuard`. */
@Injectable()
export class ScopeGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const scope = this.reflector.get<Scope | undefined>(REQUIRED_SCOPE, context.getHandler());
    const { user } = context.switchToHttp().getRequest<CallerRequest>();
    if (scope === undefined || user === undefined || !user.scopes.has(scope))
      throw new AppError('scope_missing');
    return true;
  }
}
