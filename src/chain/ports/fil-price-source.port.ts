/** What a FIL costs, and how we know. */
export interface FilPrice {
  /** US dollars, decimal text. */
  usd: string;
  source: string;
  at: Date;
}

/** Null when nobody knows: no number is better than a made-up one. Does not throw. */
export abstract class FilPriceSource {
  abstract price(signal?: AbortSignal): Promise<FilPrice | null>;
}
