/** What of a request matters to the gateway. */
export interface GatewayRequest {
  /** Path and query as they came. */
  url: string;
  accept: string | undefined;
  range: string | undefined;
  ifRange: string | undefined;
  ifNoneMatch: string | undefined;
  cacheControl: string | undefined;
}

export interface GatewayAnswer {
  status: 200 | 206 | 301 | 304;
  headers: Record<string, string>;
  /** Null: none, or the request was HEAD. */
  body: AsyncIterable<Uint8Array> | null;
  /** Of the body, when it is known before. */
  length: number | null;
  /** Root CID that the bytes are counted under, CIDv1 text. */
  root: string;
}

/** The exact text that caches and the conformance suite expect. */
export const IMMUTABLE = 'public, max-age=29030400, immutable';
export const LISTING_CACHE = 'public, max-age=604800, stale-while-revalidate=2678400';
