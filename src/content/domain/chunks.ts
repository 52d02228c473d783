export interface Chunk {
  parts: Uint8Array[];
  length: number;
  /** The source's buffers whose last byte is in this chunk: nothing after it needs them. */
  ended: Uint8Array[];
}

/** Cuts a stream into chunks of exactly `size` bytes (the last one shorter), without copying: a chunk is a list of buffers. */
export async function* chunksOf(source: AsyncIterable<Uint8Array>, size: number): AsyncGenerator<Chunk> {
  let chunk: Chunk = { parts: [], length: 0, ended: [] };
  for await (const buffer of source) {
    let rest = buffer;
    while (chunk.length + rest.length >= size) {
      const fits = size - chunk.length;
      chunk.parts.push(rest.subarray(0, fits));
      chunk.length = size;
      rest = rest.subarray(fits);
      if (rest.length === 0) chunk.ended.push(buffer);
      yield chunk;
      chunk = { parts: [], length: 0, ended: [] };
    }
    if (rest.length > 0) {
      chunk.parts.push(rest);
      chunk.length += rest.length;
      chunk.ended.push(buffer);
    }
  }
  if (chunk.length > 0) yield chunk;
}

/**
 * Gives the memory of buffers back now, not when the collector comes by: network buffers are large and many, and each
 * 64 MiB of them costs a full collection otherwise (half of an upload's CPU time, measured). Only for buffers that have
 * their memory for themselves, and that nobody reads any more: they are empty afterwards.
 */
export function giveBack(buffers: readonly Uint8Array[]): void {
  for (const { buffer, byteLength } of buffers) {
    if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0);
  }
}
