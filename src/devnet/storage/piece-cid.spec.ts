import { describe, expect, it } from '@jest/globals';
import { create } from 'fr32-sha2-256-trunc254-padded-binary-tree-multihash';
import { padded, padPiece, pieceOf, unpadded } from './piece-cid.js';

function hashed(bytes: Uint8Array) {
  const hasher = create();
  hasher.write(bytes);
  const digest = new Uint8Array(hasher.digestByteLength());
  hasher.digestInto(digest, 0, false);
  return pieceOf(digest.slice(-32), digest.at(-33) ?? 0);
}

describe('A piece', () => {
  it('is a fil-commitment-unsealed CID', () => {
    expect(hashed(new Uint8Array(127)).pieceCid).toBe(
      'baga6ea4seaqdomn3tgwgrh3g532zopskstnbrd2n3sxfqbze7rxt7vqn7veigmy',
    );
    expect(hashed(new Uint8Array(127)).pieceSize).toBe(128);
  });

  it('padded to a larger size is the piece of the same bytes followed by zeros', () => {
    const bytes = new Uint8Array(1000).map((_, i) => i % 251);
    const long = new Uint8Array(127 * 64);
    long.set(bytes);
    expect(padPiece(hashed(bytes), 8192)).toEqual(hashed(long));
    expect(padPiece(hashed(bytes), 1024)).toEqual(hashed(bytes));
  });

  it('has an unpadded size of 127 of 128 bytes', () => {
    expect(unpadded(256)).toBe(254);
    expect(padded(unpadded(64 * 2 ** 30))).toBe(64 * 2 ** 30);
  });
});
