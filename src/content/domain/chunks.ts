export interface Chunk {
  parts: Uint8Array[];
  length: number;
}

/** Cuts a stream into chunks of exactly `size` bytes (the last one shorter), without copying: a chunk is a list of buffers. */
export async function* chunksOf(source: AsyncIterable<Uint8Array>, size: number): AsyncGenerator<Chunk> {
  let chunk: Chunk = { parts: [], length: 0 };
  for await (const buffer of source) {
    let rest = buffer;
    while (chunk.length + rest.length >= size) {
      const fits = size - chunk.length;
      chunk.parts.push(rest.subarray(0, fits));
      yield { parts: chunk.parts, length: size };
      chunk = { parts: [], length: 0 };
      rest = rest.subarray(fits);
    }
    if (rest.length > 0) {
      chunk.parts.push(rest);
      chunk.length += rest.length;
    }
  }
  if (chunk.length > 0) yield chunk;
}
