import { describe, expect, it } from '@jest/globals';
import { TestClock } from '../../../test/support/test-clock.js';
import { rangeOf, withMinimumRate } from './stream-guards.js';

/** So many chunks, each of which takes so long to come. */
async function* every(clock: TestClock, ms: number, bytes: number, times: number): AsyncGenerator<Uint8Array> {
  for (let count = 0; count < times; count++) {
    await clock.sleep(ms);
    yield new Uint8Array(bytes);
  }
}

describe('the least speed', () => {
  const limits = (clock: TestClock) => ({ bytesPerSecond: 1000, windowMs: 30_000, clock });

  it('ends a stream that trickles', async () => {
    const clock = new TestClock();
    const run = async () => {
      for await (const _ of withMinimumRate(every(clock, 1_000, 1, 100), limits(clock))) void _;
    };
    await expect(run()).rejects.toMatchObject({ reason: 'too-slow', message: '1 bytes a second' });
  });

  it('lets a stream pass that is slow for less than the window, or fast enough in each', async () => {
    const clock = new TestClock();
    let bytes = 0;
    for await (const chunk of withMinimumRate(every(clock, 1_000, 1, 30), limits(clock))) bytes += chunk.length;
    for await (const chunk of withMinimumRate(every(clock, 1_000, 1_001, 100), limits(clock))) bytes += chunk.length;
    expect(bytes).toBe(30 + 100_100);
  });

  it('does not blame the miner for a reader that dawdles', async () => {
    const clock = new TestClock();
    let bytes = 0;
    for await (const chunk of withMinimumRate(every(clock, 0, 100, 5), limits(clock))) {
      bytes += chunk.length;
      await clock.sleep(40_000);
    }
    expect(bytes).toBe(500);
  });
});

describe('a range out of a longer stream', () => {
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for (const text of ['012', '3456', '', '789']) yield Buffer.from(text);
  }
  const read = async (offset: number, length: number) => {
    const parts: Uint8Array[] = [];
    for await (const part of rangeOf(chunks(), offset, length)) parts.push(part);
    return Buffer.concat(parts).toString();
  };

  it.each([
    [0, 10, '0123456789'],
    [2, 3, '234'],
    [3, 4, '3456'],
    [9, 1, '9'],
  ])('from %d on, %d bytes: %s', async (offset, length, text) => {
    expect(await read(offset, length)).toBe(text);
  });

  it('is truncated when the stream ends before it does', async () => {
    await expect(read(8, 3)).rejects.toMatchObject({ reason: 'truncated', message: '2 of 3 bytes came' });
  });
});
