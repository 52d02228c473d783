import { describe, expect, it } from '@jest/globals';
import type { ExecutionContext } from '@nestjs/common';
import { TestClock } from '../../../test/support/test-clock.js';
import { AppConfig } from '../../config/index.js';
import { RequestRate } from './request-rate.guard.js';

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
