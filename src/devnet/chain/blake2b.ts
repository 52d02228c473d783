/**
 * BLAKE2b with a variable digest length (RFC 7693): Filecoin addresses and chain CIDs need digests of 4, 20 and 32 bytes, which node:crypto does not offer.
 * Written for small inputs.
 */
type Words = BigUint64Array;

const IV = BigUint64Array.of(
  0x6a09e667f3bcc908n,
  0xbb67ae8584caa73bn,
  0x3c6ef372fe94f82bn,
  0xa54ff53a5f1d36f1n,
  0x510e527fade682d1n,
  0x9b05688c2b3e6c1fn,
  0x1f83d9abfb41bd6bn,
  0x5be0cd19137e2179n,
);

/** RFC 7693 section 2.7, one row per round; rounds 10 and 11 repeat rows 0 and 1. */
const SIGMA = [
  '0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15',
  '14 10 4 8 9 15 13 6 1 12 0 2 11 7 5 3',
  '11 8 12 0 5 2 15 13 10 14 3 6 7 1 9 4',
  '7 9 3 1 13 12 11 14 2 6 5 10 4 0 15 8',
  '9 0 5 7 2 4 10 15 14 1 11 12 6 8 3 13',
  '2 12 6 10 0 11 8 3 4 13 7 5 15 14 1 9',
  '12 5 1 15 14 13 4 10 0 7 6 3 9 2 8 11',
  '13 11 7 14 12 1 3 9 5 0 15 4 8 6 2 10',
  '6 15 14 9 11 3 0 8 12 2 13 7 1 4 10 5',
  '10 2 8 4 7 6 1 5 15 11 9 14 3 12 13 0',
].map((row) => row.split(' ').map(Number));

/** Indexes into the work vector for the eight mixing steps of a round: four columns, then four diagonals. */
const STEPS = [
  [0, 4, 8, 12],
  [1, 5, 9, 13],
  [2, 6, 10, 14],
  [3, 7, 11, 15],
  [0, 5, 10, 15],
  [1, 6, 11, 12],
  [2, 7, 8, 13],
  [3, 4, 9, 14],
] as const;

export function blake2b(input: Uint8Array, digestBytes: number): Uint8Array {
  const state = IV.slice();
  state[0] = at(state, 0) ^ 0x01010000n ^ BigInt(digestBytes);
  const blocks = Math.max(1, Math.ceil(input.length / 128));
  for (let block = 0; block < blocks; block++) {
    const padded = new Uint8Array(128);
    padded.set(input.subarray(block * 128, (block + 1) * 128));
    const last = block === blocks - 1;
    compress(state, new BigUint64Array(padded.buffer), BigInt(last ? input.length : (block + 1) * 128), last);
  }
  return new Uint8Array(state.buffer).slice(0, digestBytes);
}

function compress(state: Words, message: Words, counter: bigint, last: boolean): void {
  const work = new BigUint64Array(16);
  work.set(state);
  work.set(IV, 8);
  work[12] = at(work, 12) ^ counter;
  if (last) work[14] = ~at(work, 14);
  for (let round = 0; round < 12; round++) {
    const order = SIGMA[round % 10] ?? [];
    STEPS.forEach((step, index) => {
      mix(work, step, at(message, order[2 * index] ?? 0), at(message, order[2 * index + 1] ?? 0));
    });
  }
  for (let i = 0; i < 8; i++) state[i] = at(state, i) ^ at(work, i) ^ at(work, i + 8);
}

function mix(v: Words, [a, b, c, d]: (typeof STEPS)[number], x: bigint, y: bigint): void {
  v[a] = at(v, a) + at(v, b) + x;
  v[d] = rotate(at(v, d) ^ at(v, a), 32n);
  v[c] = at(v, c) + at(v, d);
  v[b] = rotate(at(v, b) ^ at(v, c), 24n);
  v[a] = at(v, a) + at(v, b) + y;
  v[d] = rotate(at(v, d) ^ at(v, a), 16n);
  v[c] = at(v, c) + at(v, d);
  v[b] = rotate(at(v, b) ^ at(v, c), 63n);
}

function rotate(word: bigint, bits: bigint): bigint {
  return BigInt.asUintN(64, (word >> bits) | (word << (64n - bits)));
}

function at(words: Words, index: number): bigint {
  return words[index] ?? 0n;
}
