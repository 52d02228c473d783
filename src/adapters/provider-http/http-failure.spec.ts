import { describe, expect, it } from '@jest/globals';
import { failureOfError, failureOfStatus } from './http-failure.js';

describe('why a miner did not give what was asked', () => {
  it.each([
    [402, '', 'sealed-only'],
    [404, 'none are unsealed', 'sealed-only'],
    [404, 'no such piece', 'not-held'],
    [410, '', 'not-held'],
    [500, 'boom', 'http-status'],
    [302, '', 'http-status'],
  ])('status %d with %p is %s', (status, text, reason) => {
    expect(failureOfStatus(status, text)).toMatchObject({ reason });
  });

  it('keeps little of what an error page says', () => {
    expect(failureOfStatus(500, `a\n\n${'b'.repeat(10_000)}`).message).toHaveLength('HTTP 500: '.length + 200);
  });

  const coded = (code: string) => Object.assign(new Error(code), { code });
  it.each([
    ['UND_ERR_HEADERS_TIMEOUT', false, 'timeout'],
    ['UND_ERR_BODY_TIMEOUT', true, 'timeout'],
    ['ECONNREFUSED', false, 'unreachable'],
    ['ADDRESS_REFUSED', false, 'unreachable'],
    ['ECONNRESET', false, 'unreachable'],
    ['ECONNRESET', true, 'truncated'],
    ['UND_ERR_SOCKET', true, 'truncated'],
  ])('%s, the body begun: %p, is %s', (code, begun, reason) => {
    expect(failureOfError(coded(code), begun)).toMatchObject({ reason });
    expect(failureOfError(new Error('fetch failed', { cause: coded(code) }), begun)).toMatchObject({ reason });
  });

  it('a failure that has its name already keeps it', () => {
    const known = failureOfStatus(404, '');
    expect(failureOfError(known, true)).toBe(known);
  });
});
