import { OWNER_SCOPES, SCOPES } from '../../../auth/caller.js';
import type { NewCredential } from '../../../auth/credential-administration.service.js';
import { AppError, type FieldViolation } from '../../../shared/app-error.js';
import { systemIdIn, tenantIdIn } from '../path-ids.js';
import type { IssueCredentialRequest } from './credential.dto.js';

const SCOPES_OF: Readonly<Record<IssueCredentialRequest['kind'], readonly string[]>> = {
  owner: OWNER_SCOPES,
  platform: SCOPES,
};

/** The credential that the request describes. @throws AppError validation_failed when its fields are not consistent */
export function toNewCredential(body: IssueCredentialRequest, now: Date): NewCredential {
  const { kind, name, expiresAt, allowedCurrencies = null, allowedNetworks = null } = body;
  const { scopes = SCOPES_OF[kind] } = body;
  const unknown = scopes.filter((scope) => !SCOPES_OF[kind].includes(scope));
  if (unknown.length > 0)
    throw invalid('scopes', 'range', `must be of ${SCOPES_OF[kind].join(', ')}`, unknown);
  const ends = expiresAt ? new Date(expiresAt) : null;
  if (ends !== null && ends <= now) throw invalid('expiresAt', 'range', 'must be in the future', expiresAt);
  return {
    ...bearerOf(body),
    kind,
    name: name.trim(),
    adminId: null,
    scopes,
    expiresAt: ends,
    allowedCurrencies,
    allowedNetworks,
  };
}

function bearerOf({ kind, customer, platform }: IssueCredentialRequest) {
  if (kind === 'owner') {
    if (customer === undefined) throw invalid('customer', 'required', 'is required for an owner key', null);
    const { platformId, id: customerId } = tenantIdIn('customer', 'cus', customer);
    return { platformId, customerId };
  }
  if (platform === undefined) throw invalid('platform', 'required', 'is required for a platform key', null);
  return { platformId: systemIdIn('platform', 'plt', platform), customerId: null };
}

function invalid(
  path: string,
  constraint: FieldViolation['constraint'],
  message: string,
  invalidValue: unknown,
): AppError {
  return new AppError('validation_failed', { fields: [{ path, constraint, message, invalidValue }] });
}
