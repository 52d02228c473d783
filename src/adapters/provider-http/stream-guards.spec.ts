import { describe, expect, it } from '@jest/globals';
import { paced } from './stream-guards.js';

async function* every(ms: number, bytes: number, times: number): AsyncGenerator<Uint8Array> {
  for (let count = 0; count < times; count++) {
    await new Promise((resolve) => setTimeout(resolve, ms));
    yield new Uint8Array(bytes);
  }
}

describe('the least speed', () => {
  it('ends a stream that trickles', async () => {
    const run = async () => {
      for await (const _ of paced(every(10, 1, 100), 1000, 50)) void _;
    };
    await expect(run()).rejects.toMatchObject({ reason: 'too-slow' });
  });

  it('does not blame the miner for a reader that dawdles', async () => {
    let bytes = 0;
    for await (const chunk of paced(every(0, 100, 5), 1000, 50)) {
      bytes += chunk.length;
      await new Promise((resolve) => setTimeout(resolve, 40));
    }
    expect(bytes).toBe(500);
  });
});
