import { Injectable, type PipeTransform } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { AccessTokenRequest } from '../../../auth/client-credentials.service.js';
import { type CallContext, claimOf } from '../../../http/call.decorator.js';
import { readForm } from '../../../http/raw-body.js';
import { AppError } from '../../../shared/app-error.js';
import { isInHeaders, presentedTwice } from './client-auth.guard.js';
import { presentToken } from './token.response.js';

const GRANT_TYPE = 'client_credentials';
const SCOPE_MAX_LENGTH = 1_000;
/** Longer than any key or secret there is. */
const CREDENTIAL_MAX_LENGTH = 200;

export class TokenRequest {
  @ApiProperty({ description: 'The grant.', enum: [GRANT_TYPE], example: GRANT_TYPE })
  grant_type!: string;

  @ApiPropertyOptional({
    description:
      'Narrows the token: known scopes, separated by spaces. Those that the credential lacks are left out. ' +
      '`raas.all` stands for all that the credential has.',
    maxLength: SCOPE_MAX_LENGTH,
    example: 'accounts:read',
  })
  scope?: string;

  @ApiPropertyOptional({
    description: 'The key, when it is sent in the form.',
    maxLength: CREDENTIAL_MAX_LENGTH,
  })
  client_id?: string;

  @ApiPropertyOptional({
    description: 'The secret, when it is sent in the form.',
    format: 'password',
    maxLength: CREDENTIAL_MAX_LENGTH,
  })
  client_secret?: string;
}

/** Reads the form of a token request. */
@Injectable()
export class TokenRequestPipe implements PipeTransform<CallContext, AccessTokenRequest> {
  transform(call: CallContext): AccessTokenRequest {
    const {
      grant_type: grantType,
      scope,
      client_id: key = '',
      client_secret: secret = '',
    } = readForm(call.request);
    // Checked also when the header has the credentials, and the field is not used.
    if (Math.max(key.length, secret.length) > CREDENTIAL_MAX_LENGTH) throw new AppError('body_malformed');
    // A name without a secret authenticates nothing, and an empty field counts as omitted (RFC 6749 §3.2).
    if (secret !== '' && isInHeaders(call.request)) throw presentedTwice('client_secret');
    if (grantType === undefined || grantType === '') throw missingGrantType();
    if (grantType !== GRANT_TYPE) throw new AppError('grant_type_unsupported');
    if (scope !== undefined && scope.length > SCOPE_MAX_LENGTH) throw new AppError('scope_invalid');
    return { caller: call.caller, scope, claim: claimOf(call, 200, presentToken) };
  }
}

/** RFC 6749 §5.2: a required parameter that is missing is `invalid_request`. */
function missingGrantType(): AppError {
  const field = {
    path: 'grant_type',
    constraint: 'required' as const,
    message: 'is required',
    invalidValue: null,
  };
  return new AppError('validation_failed', { fields: [field] });
}
