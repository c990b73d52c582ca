import type { KycStatus } from '../entities/customer.entity.js';

/**
 * The KYC states that a name can select. States of a case that has not begun cannot be reached from a delegated
 * approval.
 */
export type MagicKyc = Exclude<KycStatus, 'not_started'>;

const WORD = /(?:^|[^a-z0-9])kyc[- ](pending|approved|rejected|expired)(?![a-z0-9])/i;

/** The KYC state selected by a new customer's identifier, otherwise by its display name; `null`: by neither. */
export function magicKycOf({
  identifier,
  displayName,
}: {
  identifier: string;
  displayName: string;
}): MagicKyc | null {
  const found = WORD.exec(identifier) ?? WORD.exec(displayName);
  return (found?.[1]?.toLowerCase() as MagicKyc | undefined) ?? null;
}
