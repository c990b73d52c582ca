import type { EventPayloads } from './event-payloads.js';

/** All event types. */
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

/** One of each type, with the payload of that type. */
type ByType<Event> = { [Type in EventType]: Event & { type: Type; data: EventPayloads[Type] } }[EventType];

/** Something that happened to one object; `data` is complete, and sent as it was then, however late. */
export type NewEvent = ByType<{
  platformId: string;
  /** Prefixed id of the object: an account, or a customer for `kyc.…`. */
  objectId: string;
  occurredAt: Date;
}>;

/** An event as it is read again. */
export type StoredEvent = NewEvent & { id: string };
