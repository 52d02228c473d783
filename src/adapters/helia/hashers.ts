import * as Digest from 'multiformats/hashes/digest';
import type { MultihashHasher } from 'multiformats/hashes/interface';
import { digestOf } from '../../content/index.js';

/** The platform's table of hashes as Helia asks for it. @throws for a code that is not in it. */
export function loadHasher(code: number): MultihashHasher {
  if (digestOf(code, new Uint8Array(), 32) === null)
    throw new Error(`multihash code 0x${code.toString(16)} is not known here`);
  return {
    code,
    name: `0x${code.toString(16)}`,
    encode: (bytes) => Uint8Array.from(digestOf(code, bytes, 32) ?? []),
    digest: (bytes, options) => {
      const wanted = options?.truncate;
      const digest = digestOf(code, bytes, wanted ?? 32) ?? new Uint8Array();
      return Digest.create(code, wanted !== undefined && wanted < digest.length ? digest.subarray(0, wanted) : digest);
    },
  };
}
