import { describe, expect, it } from '@jest/globals';
import { freePort, reservePort, isFree } from './free-port.js';

describe('A reserved port', () => {
  it("is nobody else's until it is released, also while somebody hangs on to it", async () => {
    const port = await freePort();
    const release = await reservePort(port, '127.0.0.1');
    expect(await isFree(port)).toBe(false);
    await expect(fetch(`http://127.0.0.1:${port}/ready`)).rejects.toThrow();
    await release();
    expect(await isFree(port)).toBe(true);
    await release();
  });
});
