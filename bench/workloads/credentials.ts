import { ADMIN_KEY, ADMIN_SECRET, ownerKey, ownerSecret, PLATFORM_KEY, PLATFORM_SECRET } from './tenant.js';

export type CredentialHeaders = Readonly<Record<string, string>>;

export function asOwner(owner: number): CredentialHeaders {
  return { 'x-api-key': ownerKey(owner), 'x-api-secret': ownerSecret(owner) };
}

const BASIC = Buffer.from(`${PLATFORM_KEY}:${PLATFORM_SECRET}`).toString('base64');
export const AS_PLATFORM: CredentialHeaders = { authorization: `Basic ${BASIC}` };

export const AS_ADMIN: CredentialHeaders = { 'x-api-key': ADMIN_KEY, 'x-api-secret': ADMIN_SECRET };
