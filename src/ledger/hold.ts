import type { HoldStatus } from '../entities/hold.entity.js';

/** The parts of a hold's amount, in minor units. Their sum is always the amount of the hold. */
export interface HoldAmounts {
  capturedMinor: bigint;
  releasedMinor: bigint;
  remainingMinor: bigint;
}

export interface HoldState extends HoldAmounts {
  status: HoldStatus;
}

/** Captures a part of the remaining amount; with `isFinal`, the rest is released. */
export function captured(hold: HoldAmounts, amountMinor: bigint, isFinal: boolean): HoldState {
  assertRemains(hold, amountMinor);
  const rest = hold.remainingMinor - amountMinor;
  return {
    capturedMinor: hold.capturedMinor + amountMinor,
    releasedMinor: hold.releasedMinor + (isFinal ? rest : 0n),
    remainingMinor: isFinal ? 0n : rest,
    status: isFinal || rest === 0n ? 'captured' : 'active',
  };
}

/**
 * Releases a part of the remaining amount. At zero the hold ends: `captured` if any part was captured, else `released`.
 */
export function released(hold: HoldAmounts, amountMinor: bigint): HoldState {
  assertRemains(hold, amountMinor);
  const remainingMinor = hold.remainingMinor - amountMinor;
  const ended = hold.capturedMinor > 0n ? 'captured' : 'released';
  return {
    capturedMinor: hold.capturedMinor,
    releasedMinor: hold.releasedMinor + amountMinor,
    remainingMinor,
    status: remainingMinor === 0n ? ended : 'active',
  };
}

/** Releases the whole remaining amount because the hold has expired. */
export function expired(hold: HoldAmounts): HoldState {
  return { ...released(hold, hold.remainingMinor), status: 'expired' };
}

/** Callers check the amount first, so a failure here is a programming error. */
function assertRemains({ remainingMinor }: HoldAmounts, amountMinor: bigint): void {
  if (amountMinor <= 0n || amountMinor > remainingMinor)
    throw new RangeError('amount exceeds the remaining amount of the hold');
}
