import { base10 } from 'multiformats/bases/base10';
import { base16, base16upper } from 'multiformats/bases/base16';
import { base2 } from 'multiformats/bases/base2';
import { base256emoji } from 'multiformats/bases/base256emoji';
import * as base32 from 'multiformats/bases/base32';
import { base36, base36upper } from 'multiformats/bases/base36';
import { base58btc, base58flickr } from 'multiformats/bases/base58';
import * as base64 from 'multiformats/bases/base64';
import { base8 } from 'multiformats/bases/base8';
import { CID } from 'multiformats/cid';

/** Longer ones carry their data in them: they name nothing that is stored. */
export const MAX_CID_TEXT = 512;

/** Every multibase that multiformats knows, by its prefix; the identity, which is no text, aside. */
const decoders = new Map(
  [
    base2,
    base8,
    base10,
    base16,
    base16upper,
    ...Object.values(base32),
    base36,
    base36upper,
    base58btc,
    base58flickr,
    ...Object.values(base64),
    base256emoji,
  ].map((base) => [base.prefix as string, base.decoder]),
);

/** The CID that a text holds, in whatever multibase, or null: callers name the failure in their own words. */
export function parseCid(text: string): CID | null {
  if (text.length === 0 || text.length > MAX_CID_TEXT) return null;
  try {
    const decoder = decoders.get(String.fromCodePoint(text.codePointAt(0) ?? 0));
    const { version, code, multihash } = text.startsWith('Qm') ? CID.parse(text) : CID.parse(text, decoder);
    // Made anew: what was parsed remembers its text, in whatever case that was, and would answer with it.
    return CID.create(version, code, multihash);
  } catch {
    return null;
  }
}

/** CIDv1 base32 text: a CIDv0 and a CIDv1 of one hash and codec meet here. */
export function canonicalCid(cid: CID): string {
  return cid.version === 1 ? cid.toString() : CID.createV1(cid.code, cid.multihash).toString();
}
