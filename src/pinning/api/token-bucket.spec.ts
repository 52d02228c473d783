import { describe, expect, it } from '@jest/globals';
import { TokenBucket } from './token-bucket.js';

describe('a bucket of requests', () => {
  it("lets half a minute's worth through at once, and then as many as come in", () => {
    const bucket = new TokenBucket(2, 0);
    for (let n = 0; n < 60; n++) expect(bucket.take(0).taken).toBe(true);
    expect(bucket.take(0)).toEqual({ taken: false, left: 0, nextAt: 500, fullAt: 30_000 });
    expect(bucket.take(499).taken).toBe(false);
    expect(bucket.take(500)).toEqual({ taken: true, left: 0, nextAt: 1_000, fullAt: 30_500 });
  });

  it('never stops a client that polls at its rate', () => {
    const bucket = new TokenBucket(2, 0);
    for (let n = 0; n < 10_000; n++) expect(bucket.take(n * 500).taken).toBe(true);
  });

  it('holds no more than its size, and minds no clock that goes back', () => {
    const bucket = new TokenBucket(1, 0);
    expect(bucket.take(3_600_000).left).toBe(29);
    expect(bucket.take(0).left).toBe(28);
  });
});
