import type { AttoFil } from '../../shared/index.js';

/** What holds for an account: what an operator has set for it, the platform's defaults otherwise. */
export interface Limits {
  /** Its share of the pin queue beside others': 1 to 100. */
  pinWeight: number;
  /** Bytes that its contents may add up to; null: no quota. */
  bytesQuota: number | null;
  /** Pins that it may have; null: no quota. */
  pinsQuota: number | null;
  /** Deals per piece that its uploads may ask for. In what is stored null stands for the platform's cap, as below. */
  replicationCap: number | null;
  /** Epochs that its uploads may ask deals to last for. */
  durationCap: number | null;
  /** attoFIL per GiB per epoch that its uploads may offer: for deals, and for verified ones. */
  priceCap: AttoFil | null;
  verifiedPriceCap: AttoFil | null;
  /** Padded bytes of verified deals over its pieces within 24 hours; null: no cap. */
  dataCapPerDay: number | null;
  /** attoFIL that deals over its pieces made within 24 hours may cost; null: no cap. */
  spendPerDay: AttoFil | null;
  /** Nothing may be uploaded or pinned. */
  contentAddingDisabled: boolean;
  // Verified deals on a platform that makes none by itself (and the reverse) may be asked for only where the matching
  // one of these two is set: DataCap and money that nobody gave away stay with the operator.
}

/** Of an account for which nothing was ever set. */
export const NO_LIMITS: Limits = {
  pinWeight: 1,
  bytesQuota: null,
  pinsQuota: null,
  replicationCap: null,
  durationCap: null,
  priceCap: null,
  verifiedPriceCap: null,
  dataCapPerDay: null,
  spendPerDay: null,
  contentAddingDisabled: false,
};

/** The share of everybody for whom nothing was set; `weights` leaves these accounts out. */
export const DEFAULT_PIN_WEIGHT = 1;
/** An account of this weight gets a hundred times the share of one with weight 1. */
export const MAX_PIN_WEIGHT = 100;
/** The column is a 32-bit integer. */
export const MAX_PINS_QUOTA = 2_147_483_647;
/** Of deals per piece, for everybody (the market knows no limit). */
export const MAX_REPLICATION = 50;
/** Epochs: the longest deal that the storage market takes (builtin-actors, `DealDurationBounds`). */
export const MAX_DEAL_DURATION = 3_680_640;
/** attoFIL: the columns hold 38 digits. */
export const MAX_ATTO = 10n ** 30n;
