import { FetchFailed } from './retrieval.errors.js';

/** Takes exact amounts out of a stream of chunks of any size. Holds no more than one amount and one chunk. */
export class ByteStream {
  private readonly chunks: AsyncIterator<Uint8Array>;
  private rest: Uint8Array = new Uint8Array(0);
  private position = 0;

  constructor(source: AsyncIterable<Uint8Array>) {
    this.chunks = source[Symbol.asyncIterator]();
  }

  /** Bytes taken so far. */
  get offset(): number {
    return this.position;
  }

  /** Nothing more will come. */
  async atEnd(): Promise<boolean> {
    while (this.rest.length === 0) {
      const next = await this.chunks.next();
      if (next.done) return true;
      this.rest = next.value;
    }
    return false;
  }

  /** @throws FetchFailed 'truncated' when the stream ends before. */
  async take(length: number): Promise<Uint8Array> {
    if (this.rest.length >= length) {
      const taken = this.rest.subarray(0, length);
      this.rest = this.rest.subarray(length);
      this.position += length;
      return taken;
    }
    const whole = Buffer.allocUnsafe(length);
    let filled = 0;
    while (filled < length) {
      if (await this.atEnd())
        throw new FetchFailed(
          'truncated',
          `the stream ended at byte ${this.position + filled}, inside what began at byte ${this.position}`,
        );
      const part = this.rest.subarray(0, length - filled);
      whole.set(part, filled);
      filled += part.length;
      this.rest = this.rest.subarray(part.length);
    }
    this.position += length;
    return whole;
  }

  async skip(length: number): Promise<void> {
    for (let left = length; left > 0;) {
      const step = Math.min(left, 65_536);
      await this.take(step);
      left -= step;
    }
  }

  /** An unsigned varint in its shortest form. @throws FetchFailed 'wrong-bytes' when it is absurdly long or larger than `max`. */
  async varint(max: number): Promise<number> {
    const start = this.position;
    let value = 0;
    for (let index = 0; index < 8; index++) {
      const byte = (await this.take(1))[0] ?? 0;
      value += (byte & 0x7f) * 2 ** (7 * index);
      if (byte < 0x80) {
        if (value > max || (byte === 0 && index > 0)) break;
        return value;
      }
      if (value > max) break;
    }
    throw new FetchFailed('wrong-bytes', `the length at byte ${start} is absurd`);
  }

  /** Tells the source that nothing more is wanted. */
  async close(): Promise<void> {
    await this.chunks.return?.();
  }
}
