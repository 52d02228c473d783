import { join } from './mutate.mjs';

/**
 * The smallest input that still fails as this one does, by leaving out ever smaller stretches and then zeroing bytes.
 * `fails(bytes)` resolves to whether it does. Ends after `mostMs`, with the smallest so far.
 */
export async function minimise(input, fails, mostMs = 20_000) {
  const end = performance.now() + mostMs;
  let best = input;
  for (let size = Math.ceil(best.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < best.length && performance.now() < end;) {
      const shorter = join(best.subarray(0, at), best.subarray(at + size));
      if (await fails(shorter)) best = shorter;
      else at += size;
    }
  }
  for (let at = 0; at < best.length && at < 4096 && performance.now() < end; at++) {
    if (best[at] === 0x30) continue;
    const plain = Uint8Array.from(best);
    plain[at] = 0x30;
    if (await fails(plain)) best = plain;
  }
  return best;
}
