import { describe, expect, it } from '@jest/globals';
import { freePort, holdPort, isFree } from './free-port.js';

describe('A port that is held', () => {
  it("is nobody else's until it is released, also while somebody hangs on to it", async () => {
    const port = await freePort();
    const release = await holdPort(port, '127.0.0.1');
    expect(await isFree(port)).toBe(false);
    await expect(fetch(`http://127.0.0.1:${port}/ready`)).rejects.toThrow();
    await release();
    expect(await isFree(port)).toBe(true);
    await release();
  });
});
