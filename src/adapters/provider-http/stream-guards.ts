import { FetchFailed } from '../../retrieval/index.js';

const WINDOW_MS = 30_000;
const DEFAULT_MINIMUM = 4 * 1024;

/** Passes a stream on, and gives up on one that trickles: silence alone has a time limit elsewhere. Time in which nobody reads does not count. */
export async function* paced(
  source: AsyncIterable<Uint8Array>,
  minBytesPerSecond = DEFAULT_MINIMUM,
  windowMs = WINDOW_MS,
): AsyncGenerator<Uint8Array> {
  let waited = 0;
  let bytes = 0;
  let asked = performance.now();
  for await (const chunk of source) {
    waited += performance.now() - asked;
    bytes += chunk.length;
    if (waited > windowMs) {
      if (bytes < (minBytesPerSecond * waited) / 1000)
        throw new FetchFailed('too-slow', `${Math.round(bytes / (waited / 1000))} bytes a second`);
      waited = 0;
      bytes = 0;
    }
    yield chunk;
    asked = performance.now();
  }
}

/** Exactly `length` bytes from `offset` on. */
export async function* stretchOf(
  source: AsyncIterable<Uint8Array>,
  offset: number,
  length: number,
): AsyncGenerator<Uint8Array> {
  let position = 0;
  const end = offset + length;
  for await (const chunk of source) {
    const from = Math.max(0, offset - position);
    const to = Math.min(chunk.length, end - position);
    position += chunk.length;
    if (to > from) yield chunk.subarray(from, to);
    if (position >= end) return;
  }
  throw new FetchFailed('truncated', `${Math.max(0, position - offset)} of ${length} bytes came`);
}
