import type { HoldStatus } from '../entities/hold.entity.js';

/** The parts of a hold's amount, in minor units; the three always add up to the amount. */
export interface HoldAmounts {
  capturedMinor: bigint;
  releasedMinor: bigint;
  remainingMinor: bigint;
}

export interface HoldState extends HoldAmounts {
  status: HoldStatus;
}

/** Takes a part of what remains out for good; `isFinal` gives the rest back. */
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

/** Gives a part of what remains back. The hold ends with the last of it: captured, where some of it was. */
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

/** Gives all that remains back because its time has run out. */
export function expired(hold: HoldAmounts): HoldState {
  return { ...released(hold, hold.remainingMinor), status: 'expired' };
}

/** Callers ask for no more than remains. */
function assertRemains({ remainingMinor }: HoldAmounts, amountMinor: bigint): void {
  if (amountMinor <= 0n || amountMinor > remainingMinor)
    throw new RangeError('more than remains of the hold');
}
