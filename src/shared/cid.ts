import { CID } from 'multiformats/cid';

/** Longer ones carry their data in them: they name nothing that is stored. */
export const MAX_CID_TEXT = 512;

/** The CID that a text holds, or null: callers name the failure in their own words. */
export function parseCid(text: string): CID | null {
  if (text.length === 0 || text.length > MAX_CID_TEXT) return null;
  try {
    return CID.parse(text);
  } catch {
    return null;
  }
}

/** CIDv1 base32 text: a CIDv0 and a CIDv1 of one hash and codec meet here. */
export function canonicalCid(cid: CID): string {
  return cid.version === 1 ? cid.toString() : CID.createV1(cid.code, cid.multihash).toString();
}
