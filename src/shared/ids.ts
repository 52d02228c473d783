declare const brand: unique symbol;
type Branded<T, Name extends string> = T & { readonly [brand]: Name };

/** UUID of an account. */
export type UserId = Branded<string, 'UserId'>;
/** Row id of a content, decimal text (Estuary's `estuaryId`). */
export type ContentId = Branded<string, 'ContentId'>;
/** UUID of a CAR file, and of the piece that it becomes. */
export type CarId = Branded<string, 'CarId'>;
/** Row id of a deal, decimal text. */
export type DealId = Branded<string, 'DealId'>;
/** Filecoin address of a miner, `f01234` or `t01234`. */
export type MinerId = Branded<string, 'MinerId'>;
/** UUID of a pin request (the specification's `requestid`). */
export type PinRequestId = Branded<string, 'PinRequestId'>;
/** UUID of a retrieval. */
export type RetrievalId = Branded<string, 'RetrievalId'>;

/** These say what a text is, and check nothing: what comes from outside is checked before. */
export const userId = (text: string): UserId => text as UserId;
export const contentId = (value: string | bigint): ContentId => String(value) as ContentId;
export const carId = (text: string): CarId => text as CarId;
export const dealId = (value: string | bigint): DealId => String(value) as DealId;
export const minerId = (text: string): MinerId => text as MinerId;
export const pinRequestId = (text: string): PinRequestId => text as PinRequestId;
export const retrievalId = (text: string): RetrievalId => text as RetrievalId;

/** The positive 64-bit integer that a row id in a URL must be, or null. */
export function parseRowId(text: string): bigint | null {
  if (!/^[1-9]\d{0,18}$/.test(text)) return null;
  const value = BigInt(text);
  return value <= 9_223_372_036_854_775_807n ? value : null;
}

/**
 * `f01000` and `t01000` are one address: the letter names the network (spec.filecoin.io, appendix address), and every
 * node takes both and writes its own.
 */
export function sameAddress(a: string, b: string): boolean {
  return unlettered(a) === unlettered(b);
}

/** The same address with the letter of another one of its network. */
export function spelledLike<A extends string>(address: A, other: string): A {
  return /^[ft][0-4]/.test(address) && /^[ft][0-4]/.test(other)
    ? ((other.slice(0, 1) + address.slice(1)) as A)
    : address;
}

/** Both ways to write it. */
export function spellings<A extends string>(address: A): A[] {
  return /^[ft][0-4]/.test(address)
    ? [address, ((address.startsWith('f') ? 't' : 'f') + address.slice(1)) as A]
    : [address];
}

function unlettered(address: string): string {
  return /^[ft][0-4]/.test(address) ? address.slice(1) : address;
}
