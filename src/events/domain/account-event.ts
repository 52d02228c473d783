import type { Json, UserId } from '../../shared/index.js';

/** Everything that an account is told of. Names are part of the API and may only be added to. */
export const EVENT_TYPES = [
  'stored',
  'pinned',
  'pin-failed',
  'packed',
  'deal-active',
  'deal-failed',
  'deal-slashed',
  'deal-expiring',
  'retrieved',
  'damaged',
  'quota',
] as const;
export type EventType = (typeof EVENT_TYPES)[number];

/** One that is about to be written. `eventId` (outbox), type, account and subject together exist once. */
export interface NewAccountEvent {
  eventId: string;
  type: EventType;
  /** The thing that it happened to, as text. */
  subject: string;
  userId: UserId;
  data: Record<string, Json>;
  at: Date;
}

/** One that can be read. `id` grows in the order in which they become visible. */
export interface AccountEvent {
  id: bigint;
  type: string;
  data: Json;
  at: Date;
}

/** Wakes streams and deliveries when events commit. */
export const ACCOUNT_EVENTS_CHANNEL = 'tidewater_account_events';
