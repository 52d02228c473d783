import { describe, expect, it } from '@jest/globals';
import type { ExecutionContext } from '@nestjs/common';
import { TestClock } from '../../../test/support/test-clock.js';
import { AppConfig } from '../../config/index.js';
import type { IpfsNodeRegistry } from '../../network/index.js';
import { DelegatesKnown, RequestRate, TokenBucket } from './pin-requests.guard.js';
import { PinPresenter } from './pin.presenter.js';

function asking(
  keyId: string | null,
  request: object = {},
): { context: ExecutionContext; headers: Record<string, string> } {
  const headers: Record<string, string> = {};
  const http = {
    getRequest: () => (keyId === null ? {} : { ...request, caller: { keyId } }),
    getResponse: () => ({ headers: (given: Record<string, string>) => Object.assign(headers, given) }),
  };
  return { headers, context: { switchToHttp: () => http } as unknown as ExecutionContext };
}

describe('the rate of requests', () => {
  it('refuses a key that is too fast with 429 and the time to wait, and no other key', () => {
    const rate = new RequestRate(AppConfig.parse({ PIN_REQUESTS_PER_SECOND: '1' }), TestClock.running());
    for (let n = 0; n < 30; n++) expect(rate.canActivate(asking('a').context)).toBe(true);
    const { context, headers } = asking('a');
    expect(() => rate.canActivate(context)).toThrow(
      expect.objectContaining({
        status: 429,
        code: 'ERR_TOO_MANY_REQUESTS',
        retryAfterMs: expect.any(Number) as unknown,
      }) as unknown as Error,
    );
    expect(headers).toMatchObject({
      'x-ratelimit-limit': '30',
      'x-ratelimit-remaining': '0',
      'x-ratelimit-reset': expect.stringMatching(/^\d{10}$/),
    });
    expect(rate.canActivate(asking('b').context)).toBe(true);
  });

  it('lets who has used it up still look at a pin twice a second', () => {
    const clock = TestClock.running();
    const rate = new RequestRate(AppConfig.parse({ PIN_REQUESTS_PER_SECOND: '1' }), clock);
    const poll = () => rate.canActivate(asking('a', { method: 'GET', params: { requestid: 'x' } }).context);
    for (let n = 0; n < 300; n++) {
      if (n % 2 === 0)
        try {
          rate.canActivate(asking('a', { method: 'POST', params: {} }).context);
        } catch {
          /* used up */
        }
      expect(poll()).toBe(true);
      clock.advance(500);
    }
    for (let n = 0; n < 30; n++)
      try {
        rate.canActivate(asking('a', { method: 'GET', params: {} }).context);
      } catch {
        /* used up */
      }
    expect(() => rate.canActivate(asking('a', { method: 'GET', params: {} }).context)).toThrow();
  });

  it('counts nothing when there is no limit', () => {
    const rate = new RequestRate(AppConfig.parse({ PIN_REQUESTS_PER_SECOND: '0' }), TestClock.running());
    const { context, headers } = asking('a');
    for (let n = 0; n < 100; n++) expect(rate.canActivate(context)).toBe(true);
    expect(headers).toEqual({});
  });
});

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

  it('keeps no more than its size, and minds no clock that goes back', () => {
    const bucket = new TokenBucket(1, 0);
    expect(bucket.take(3_600_000).left).toBe(29);
    expect(bucket.take(0).left).toBe(28);
  });
});

describe('the delegates that every answer names', () => {
  const guardOver = (addresses: () => Promise<string[]>) =>
    new DelegatesKnown(new PinPresenter({ addresses } as unknown as IpfsNodeRegistry));

  it('lets nothing through with 503 as long as no IPFS node has ever come up, and asks again at once', async () => {
    const known: string[] = [];
    const guard = guardOver(() => Promise.resolve(known));
    await expect(guard.canActivate()).rejects.toMatchObject({
      code: 'ERR_NO_IPFS_NODE',
      status: 503,
      retryAfterMs: 5_000,
    });
    known.push('/ip4/127.0.0.1/tcp/4001/p2p/12D3KooWTest');
    expect(await guard.canActivate()).toBe(true);
  });

  it('are those that were known last while they cannot be read', async () => {
    let reads = 0;
    const guard = guardOver(() => {
      reads += 1;
      return reads === 1 ? Promise.resolve(['/ip4/127.0.0.1/tcp/4001']) : Promise.reject(new Error('no database'));
    });
    expect(await guard.canActivate()).toBe(true);
    expect(await guard.canActivate()).toBe(true);
    expect(reads).toBe(1);
  });
});
