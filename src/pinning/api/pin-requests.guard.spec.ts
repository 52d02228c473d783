import { describe, expect, it } from '@jest/globals';
import type { ExecutionContext } from '@nestjs/common';
import { TestClock } from '../../../test/support/test-clock.js';
import { AppConfig } from '../../config/index.js';
import type { IpfsNodeRegistry } from '../../network/index.js';
import { AppLogger } from '../../platform/logging/index.js';
import { LocalRateBudgets, Rates } from '../../platform/rates/index.js';
import { DelegatesKnown, RequestRate } from './pin-requests.guard.js';
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

function rateOf(perSecond: string, clock = TestClock.running()): RequestRate {
  const rates = new Rates(
    new LocalRateBudgets(() => clock.now().getTime()),
    clock,
    new AppLogger({ level: 'silent', process: 'test' }),
  );
  return new RequestRate(AppConfig.parse({ PIN_REQUESTS_PER_SECOND: perSecond }), rates);
}

describe('the rate of requests', () => {
  it('refuses a key that is too fast with 429 and the time to wait, and no other key', async () => {
    const rate = rateOf('1', new TestClock());
    for (let n = 0; n < 30; n++) expect(await rate.canActivate(asking('a').context)).toBe(true);
    const { context, headers } = asking('a');
    await expect(rate.canActivate(context)).rejects.toMatchObject({
      status: 429,
      code: 'ERR_TOO_MANY_REQUESTS',
      retryAfterMs: 1_000,
    });
    expect(headers).toMatchObject({
      'x-ratelimit-limit': '30',
      'x-ratelimit-remaining': '0',
      'x-ratelimit-reset': expect.stringMatching(/^\d{10}$/),
    });
    expect(await rate.canActivate(asking('b').context)).toBe(true);
  });

  it('counts down what is left, one by one', async () => {
    const rate = rateOf('100', new TestClock());
    for (let n = 1; n <= 200; n++) {
      const { context, headers } = asking('a');
      await rate.canActivate(context);
      expect(headers['x-ratelimit-remaining']).toBe(String(3000 - n));
    }
  });

  it('lets who has used it up still look at a pin twice a second', async () => {
    const clock = new TestClock();
    const rate = rateOf('1', clock);
    const tried = (request: object) => rate.canActivate(asking('a', request).context).catch(() => false);
    const poll = () => tried({ method: 'GET', params: { requestid: 'x' } });
    for (let n = 0; n < 300; n++) {
      if (n % 2 === 0) await tried({ method: 'POST', params: {} });
      expect(await poll()).toBe(true);
      clock.advance(500);
    }
    for (let n = 0; n < 30; n++) await tried({ method: 'GET', params: {} });
    expect(await tried({ method: 'GET', params: {} })).toBe(false);
  });

  it('counts nothing when there is no limit', async () => {
    const rate = rateOf('0');
    const { context, headers } = asking('a');
    for (let n = 0; n < 100; n++) expect(await rate.canActivate(context)).toBe(true);
    expect(headers).toEqual({});
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
