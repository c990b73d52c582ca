import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { authenticate, type Caller, type CallerRequest } from '../../../auth/caller.js';
import { CredentialAuthenticator } from '../../../auth/credential-authenticator.service.js';
import { countHeader, type HeaderCarrier, isPresentedTwice, presentationOf } from '../../../auth/headers.js';
import { BasicStrategy } from '../../../auth/strategies/basic.strategy.js';
import { KeySecretStrategy } from '../../../auth/strategies/key-secret.strategy.js';
import { readForm } from '../../../http/raw-body.js';
import { AppError, type FieldViolation } from '../../../shared/app-error.js';

const HEADERS = ['authorization', 'x-api-key', 'x-api-secret'];

/**
 * Client authentication of the token endpoint (RFC 6749 §2.3.1): HTTP Basic, or `client_id` and
 * `client_secret` in the form; the API's own key headers do as well. One method a request (§2.3): the form is read for
 * another by `TokenRequestPipe`, once the caller is known.
 */
@Injectable()
export class ClientAuthGuard implements CanActivate {
  constructor(
    private readonly basic: BasicStrategy,
    private readonly keySecret: KeySecretStrategy,
    private readonly credentials: CredentialAuthenticator,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest & CallerRequest>();
    if (isPresentedTwice(request)) throw presentedTwice('Authorization');
    const caller = isInHeaders(request) ? await this.fromHeaders(request) : await this.fromForm(request);
    if (caller === null || caller.kind === 'owner') throw new AppError('credentials_invalid');
    authenticate(request, caller);
    if (caller.suspension !== null) throw new AppError(caller.suspension);
    return true;
  }

  private async fromHeaders(request: FastifyRequest): Promise<Caller | null> {
    return (await this.basic.validate(request)) ?? (await this.keySecret.validate(request));
  }

  private async fromForm(request: FastifyRequest): Promise<Caller | null> {
    const { client_id: key, client_secret: secret } = readForm(request);
    if (key === undefined || secret === undefined) throw new AppError('credentials_required');
    return this.credentials.authenticate(key, secret, presentationOf(request));
  }
}

/** Whether the client authenticates by a header, rightly or not. */
export function isInHeaders(request: HeaderCarrier): boolean {
  return HEADERS.some((name) => countHeader(request, name) > 0);
}

/** RFC 6749 §5.2: a request that "utilizes more than one mechanism for authenticating the client" is invalid. */
export function presentedTwice(path: string): AppError {
  return new AppError('validation_failed', { fields: [secondCredential(path)] });
}

/** The field or header of the second credential that was sent; its value is not repeated. */
export function secondCredential(path: string): FieldViolation {
  const message = 'must not be sent beside another credential';
  return { path, constraint: 'unique', message, invalidValue: null };
}
