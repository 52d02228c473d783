import type { PinStatus } from '../pin.js';

export const NAME_MATCHES = ['exact', 'iexact', 'partial', 'ipartial'] as const;
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
