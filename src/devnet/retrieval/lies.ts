/** What a lying miner makes of bytes: the same length, one byte wrong in every 64 KiB. */
const STRIDE = 65_536;

/** `offset` is where these bytes stand in the whole. */
export function corrupt(bytes: Uint8Array, offset = 0): Uint8Array {
  const wrong = Uint8Array.from(bytes);
  for (let i = (STRIDE - (offset % STRIDE)) % STRIDE; i < wrong.length; i += STRIDE) wrong[i] = (wrong[i] ?? 0) ^ 0x55;
  return wrong;
}
