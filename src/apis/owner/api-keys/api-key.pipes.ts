import { Injectable, type PipeTransform } from '@nestjs/common';
import {
  type CredentialName,
  DEFAULT_OVERLAP_SECONDS,
  type IssuedCredential,
  type NewCredential,
} from '../../../auth/credential-keeper.service.js';
import type { ActContext } from '../../../audit/act.js';
import { readBody } from '../../../http/body.js';
import { actOf, type CallContext, claimOf, subjectOf } from '../../../http/call.decorator.js';
import type { Claim } from '../../../idempotency/idempotency.service.js';
import { AppError } from '../../../shared/app-error.js';
import { Clock } from '../../../shared/clock.js';
import { parseTenantId } from '../../../shared/object-id.js';
import { IssueApiKeyRequest, presentIssuedKey, RotateApiKeyRequest } from './api-key.dto.js';

export interface IssueCommand {
  wanted: NewCredential;
  act: ActContext;
  claim: Claim<IssuedCredential> | null;
}

export interface RotateCommand {
  name: CredentialName;
  overlapSeconds: number;
  act: ActContext;
  claim: Claim<IssuedCredential> | null;
}

export interface RevokeCommand {
  name: CredentialName;
  act: ActContext;
  claim: null;
}

/** A key may pass on what it has itself, and no more: neither scopes nor currencies. */
@Injectable()
export class IssueApiKeyPipe implements PipeTransform<CallContext, IssueCommand> {
  constructor(private readonly clock: Clock) {}

  transform(call: CallContext): IssueCommand {
    const body = readBody(IssueApiKeyRequest, call);
    const { scopes = [...call.caller.scopes], allowedNetworks = null } = body;
    if (!scopes.every((scope) => call.caller.scopes.has(scope))) throw new AppError('scope_missing');
    const { platformId } = call.caller;
    const allowedCurrencies = narrowed(call.caller.allowedCurrencies, body.allowedCurrencies ?? null);
    const { customerId } = subjectOf(call);
    const wanted: NewCredential = {
      ...{ platformId, kind: 'owner', customerId, adminId: null, name: body.name.trim(), scopes },
      ...{ expiresAt: toFuture(body.expiresAt, this.clock.now()), allowedCurrencies, allowedNetworks },
    };
    return { wanted, act: actOf(call), claim: claimOf(call, 201, presentIssuedKey) };
  }
}

@Injectable()
export class RotateApiKeyPipe implements PipeTransform<CallContext, RotateCommand> {
  transform(call: CallContext): RotateCommand {
    const { overlapSeconds = DEFAULT_OVERLAP_SECONDS } = readBody(RotateApiKeyRequest, call);
    return {
      name: keyOf(call),
      overlapSeconds,
      act: actOf(call),
      claim: claimOf(call, 200, presentIssuedKey),
    };
  }
}

@Injectable()
export class RevokeApiKeyPipe implements PipeTransform<CallContext, RevokeCommand> {
  transform(call: CallContext): RevokeCommand {
    return { name: keyOf(call), act: actOf(call), claim: null };
  }
}

/** The owner's own key that the path names. Any other does not exist. */
function keyOf(call: CallContext): CredentialName {
  const { keyId = '' } = call.request.params as { keyId?: string };
  const name = parseTenantId('crd', keyId);
  if (name === null || name.platformId !== call.caller.platformId) throw new AppError('object_not_found');
  return { ...name, customerId: subjectOf(call).customerId };
}

/** What is asked for, within what the key that asks may itself. @throws AppError currency_not_allowed */
function narrowed(own: readonly string[] | null, wanted: readonly string[] | null): readonly string[] | null {
  if (own === null || wanted === null) return wanted ?? own;
  if (!wanted.every((code) => own.includes(code))) throw new AppError('currency_not_allowed');
  return wanted;
}

function toFuture(text: string | null | undefined, now: Date): Date | null {
  if (text === null || text === undefined) return null;
  const date = new Date(text);
  if (date > now) return date;
  const field = { path: 'expiresAt', constraint: 'range' as const, message: 'must be in the future' };
  throw new AppError('validation_failed', { fields: [{ ...field, invalidValue: text }] });
}
