/** Everything that happens which others may want to be told of. */
export const EVENT_TYPES = [
  'account.opened',
  'account.frozen',
  'account.unfrozen',
  'account.disabled',
  'account.enabled',
  'account.closed',
  'account.reopened',
  'transfer.posted',
  'hold.placed',
  'hold.captured',
  'hold.released',
  'hold.expired',
  'balance.low',
  'kyc.pending',
  'kyc.approved',
  'kyc.rejected',
  'kyc.expired',
] as const;
export type EventType = (typeof EVENT_TYPES)[number];

/** Something that happened to one object. */
export interface NewEvent {
  platformId: string;
  type: EventType;
  /** Prefixed id of whom it happened to: an account, or a customer for `kyc.…`. */
  objectId: string;
  /** What there is to tell, complete: it is told as it was then, however late. */
  data: object;
  occurredAt: Date;
}
