import type { ContentId, PinRequestId, UserId } from '../shared/index.js';

/** The specification's words, and all of them. */
export const PIN_STATUSES = ['queued', 'pinning', 'pinned', 'failed'] as const;
/** One of the specification's four. */
export type PinStatus = (typeof PIN_STATUSES)[number];

/** What a client asks to have pinned (the specification's `Pin`). */
export interface PinSpec {
  /** As the client wrote it. */
  cid: string;
  /** At most 255 characters. */
  name: string | null;
  /** Multiaddrs of peers that have it, as the client wrote them: not all need be valid. */
  origins: string[];
  meta: Record<string, string>;
}

/** How far a fetch has come. */
export interface PinProgress {
  /** Verified and taken in, in this attempt. */
  blocks: number;
  bytes: number;
  /** Origins that we are connected to. */
  sources: number;
}

/** A pin as it is kept. Pinning Service API 1.0.0, `PinStatus`, and what this platform knows beside it. */
export interface PinRecord extends PinSpec {
  requestId: PinRequestId;
  userId: UserId;
  /** CIDv1 text: a CIDv0 and a CIDv1 of one hash meet here. */
  cidV1: string;
  status: PinStatus;
  /** Why it failed, or why its last attempt did. */
  reason: string | null;
  progress: PinProgress | null;
  contentId: ContentId | null;
  /** Fencing number of the last claim; 0 as long as no worker had it. */
  leaseNumber: number;
  /** Attempts that failed. */
  failures: number;
  /** For how long its first block was looked for since the last failure. */
  lookedMs: number;
  /** Unique per account at ms precision: the only cursor that the specification has. */
  createdAt: Date;
}

/**
 * A pin that this process works on. The lease's number fences: whoever holds an older one can write nothing any more.
 */
export interface PinClaim {
  pin: PinRecord;
  leaseNumber: number;
}

/** `i`: whatever the case (Pinning Service API 1.0.0, TextMatchingStrategy). */
export const NAME_MATCHES = ['exact', 'iexact', 'partial', 'ipartial'] as const;
/** One of the specification's four. */
export type NameMatch = (typeof NAME_MATCHES)[number];

/** Which pins of an account to list; every given part must hold. Newest first. */
export interface PinFilter {
  /** CIDv1 texts. */
  cids?: string[];
  requestIds?: string[];
  name?: { text: string; match: NameMatch };
  statuses: PinStatus[];
  /** Strict, on `created`. */
  before?: Date;
  after?: Date;
  /** Every key with this value; a pin may have more. */
  meta?: Record<string, string>;
  limit: number;
}
