import type { EventPayloads } from './event-payloads.js';

/** The event types that webhooks and mail can deliver. */
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

/** A union over all types, each with its payload. */
type ByType<Event> = { [Type in EventType]: Event & { type: Type; data: EventPayloads[Type] } }[EventType];

/** An event about one object. `data` is a complete snapshot, and is sent unchanged even when delivered late. */
export type NewEvent = ByType<{
  platformId: string;
  /** Prefixed id of the object: an account, or a customer for `kyc.…`. */
  objectId: string;
  occurredAt: Date;
}>;

/** A stored event. */
export type StoredEvent = NewEvent & { id: string };
