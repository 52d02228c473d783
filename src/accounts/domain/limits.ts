/** What holds for an account: what an operator has set for it, the platform's defaults otherwise. */
export interface Limits {
  /** Its share of the pin queue beside others': 1 to 100. */
  pinWeight: number;
  /** Bytes that its contents may add up to; null: no quota. */
  bytesQuota: number | null;
  /** Pins that it may have; null: no quota. */
  pinsQuota: number | null;
}

export const DEFAULT_PIN_WEIGHT = 1;
export const MAX_PIN_WEIGHT = 100;
/** The column is a 32-bit integer. */
export const MAX_PINS_QUOTA = 2_147_483_647;
