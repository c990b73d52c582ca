import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { SandboxToken } from '../../sandbox/sandbox-token.service.js';
import { AppError } from '../../shared/app-error.js';

interface WithAuthorization {
  headers: { authorization?: string | undefined };
}

/** Accepts the bearer token that this sandbox was started with. */
@Injectable()
export class SandboxTokenGuard implements CanActivate {
  constructor(private readonly token: SandboxToken) {}

  canActivate(context: ExecutionContext): boolean {
    const { authorization } = context.switchToHttp().getRequest<WithAuthorization>().headers;
    if (authorization === undefined) throw new AppError('credentials_required');
    const [, presented = ''] = /^Bearer +(\S+) *$/i.exec(authorization) ?? [];
    if (!this.token.matches(presented)) throw new AppError('credentials_invalid');
    return true;
  }
}
