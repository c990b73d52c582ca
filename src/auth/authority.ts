import { AppError, type FieldViolation } from '../shared/app-error.js';
import { isWithinNetworks } from '../shared/networks.js';

/** What a credential allows, which is also the most that another credential issued with it may allow. */
export interface Authority {
  scopes: readonly string[];
  /** Currencies in which it may open accounts; `null`: any. */
  allowedCurrencies: readonly string[] | null;
  /** CIDR blocks that it may be used from; `null`: any address. */
  allowedNetworks: readonly string[] | null;
  /** `null`: it does not expire. */
  expiresAt: Date | null;
}

/** Requested limits; a missing one, or null, is inherited from the requesting credential. */
export type WantedLimits = {
  [Limit in keyof Authority]?: Authority[Limit] | null | undefined;
};

export function inheritLimits(wanted: WantedLimits, own: Authority): Authority {
  return {
    scopes: wanted.scopes ?? own.scopes,
    allowedCurrencies: wanted.allowedCurrencies ?? own.allowedCurrencies,
    allowedNetworks: wanted.allowedNetworks ?? own.allowedNetworks,
    expiresAt: wanted.expiresAt ?? own.expiresAt,
  };
}

/** @throws AppError authority_exceeded, with one entry for each limit in which `wanted` allows more than `own` */
export function assertWithin(wanted: Authority, own: Authority): void {
  const fields = excessOf(wanted, own);
  if (fields.length > 0) throw new AppError('authority_exceeded', { fields });
}

function excessOf(wanted: Authority, own: Authority): FieldViolation[] {
  const isWithin: Record<keyof Authority, boolean> = {
    scopes: wanted.scopes.every((scope) => own.scopes.includes(scope)),
    allowedCurrencies: isSubset(wanted.allowedCurrencies, own.allowedCurrencies, isListed),
    allowedNetworks: isSubset(wanted.allowedNetworks, own.allowedNetworks, isWithinNetworks),
    expiresAt: own.expiresAt === null || (wanted.expiresAt !== null && wanted.expiresAt <= own.expiresAt),
  };
  const limits = Object.keys(isWithin) as (keyof Authority)[];
  return limits.filter((limit) => !isWithin[limit]).map(toViolation);
}

/** `null` on either side means no limit. */
function isSubset(
  wanted: readonly string[] | null,
  own: readonly string[] | null,
  covers: (item: string, own: readonly string[]) => boolean,
): boolean {
  if (own === null) return true;
  return wanted !== null && wanted.every((item) => covers(item, own));
}

const isListed = (item: string, list: readonly string[]): boolean => list.includes(item);

/** The message does not contain the other credential's limits: the caller may not be allowed to read them. */
function toViolation(limit: keyof Authority): FieldViolation {
  const message = 'allows more than the credential of this call';
  return { path: limit, constraint: 'range', message, invalidValue: null };
}
