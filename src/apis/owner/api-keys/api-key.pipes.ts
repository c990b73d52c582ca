import { Injectable, type PipeTransform } from '@nestjs/common';
import {
  type CredentialName,
  type CredentialView,
  DEFAULT_OVERLAP_SECONDS,
  type IssuedCredential,
} from '../../../auth/credential-administration.service.js';
import { KEY_PREFIX } from '../../../auth/credential-authenticator.service.js';
import { parseOpaqueToken } from '../../../auth/opaque-token.js';
import type { OwnerCommand, WantedKey } from '../../../auth/owner-keys.service.js';
import { readBody } from '../../../http/body.js';
import { auditContextOf, type CallContext, claimOf, subjectOf } from '../../../http/call.decorator.js';
import { AppError } from '../../../shared/app-error.js';
import { Clock } from '../../../shared/clock.js';
import { parseTenantId } from '../../../shared/object-id.js';
import { IssueApiKeyRequest, presentIssuedKey, RotateApiKeyRequest } from './api-key.dto.js';

export interface IssueCommand {
  wanted: WantedKey;
  command: OwnerCommand<IssuedCredential>;
}

export interface RotateCommand {
  name: CredentialName;
  overlapSeconds: number;
  command: OwnerCommand<IssuedCredential>;
}

export interface RevokeCommand {
  name: CredentialName;
  command: OwnerCommand<CredentialView>;
}

@Injectable()
export class IssueApiKeyPipe implements PipeTransform<CallContext, IssueCommand> {
  constructor(private readonly clock: Clock) {}

  transform(call: CallContext): IssueCommand {
    const { name, scopes, allowedCurrencies, allowedNetworks, expiresAt } = readBody(
      IssueApiKeyRequest,
      call,
    );
    return {
      wanted: {
        customerId: subjectOf(call).customerId,
        name: name.trim(),
        scopes,
        allowedCurrencies,
        allowedNetworks,
        expiresAt: toFuture(expiresAt, this.clock.now()),
      },
      command: {
        caller: call.caller,
        audit: auditContextOf(call),
        claim: claimOf(call, 201, presentIssuedKey),
      },
    };
  }
}

@Injectable()
export class RotateApiKeyPipe implements PipeTransform<CallContext, RotateCommand> {
  transform(call: CallContext): RotateCommand {
    const { overlapSeconds = DEFAULT_OVERLAP_SECONDS } = readBody(RotateApiKeyRequest, call);
    return {
      name: keyOf(call),
      overlapSeconds,
      command: {
        caller: call.caller,
        audit: auditContextOf(call),
        claim: claimOf(call, 200, presentIssuedKey),
      },
    };
  }
}

@Injectable()
export class RevokeApiKeyPipe implements PipeTransform<CallContext, RevokeCommand> {
  transform(call: CallContext): RevokeCommand {
    return { name: keyOf(call), command: { caller: call.caller, audit: auditContextOf(call), claim: null } };
  }
}

/** The owner's own key that the path names. Any other does not exist. */
function keyOf(call: CallContext): CredentialName {
  const { keyId = '' } = call.request.params as { keyId?: string };
  const { platformId } = call.caller;
  const { customerId } = subjectOf(call);
  // Ids of the first release, which clients may have stored.
  const former = parseTenantId('crd', keyId);
  if (former?.platformId === platformId) return { ...former, customerId };
  if (parseOpaqueToken(KEY_PREFIX, keyId)?.platformId === platformId)
    return { platformId, key: keyId, customerId };
  throw new AppError('object_not_found');
}

function toFuture(text: string | null | undefined, now: Date): Date | null {
  if (text === null || text === undefined) return null;
  const date = new Date(text);
  if (date > now) return date;
  const field = { path: 'expiresAt', constraint: 'range' as const, message: 'must be in the future' };
  throw new AppError('validation_failed', { fields: [{ ...field, invalidValue: text }] });
}
