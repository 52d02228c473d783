import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { bodyOf, quietSeconds, signatureOf, waitAfter } from './webhook.js';

describe('what is sent to a webhook', () => {
  it('has the same body each time, and a signature over it and the time', () => {
    const event = { eventId: 7n, type: 'stored', at: new Date('2026-01-01T00:00:00Z'), data: { cid: 'bafy' } };
    const body = bodyOf(event);
    expect(body).toBe('{"id":"7","type":"stored","at":"2026-01-01T00:00:00.000Z","data":{"cid":"bafy"}}');
    const expected = createHmac('sha256', 'secret').update(`1767225600.${body}`).digest('hex');
    expect(signatureOf('secret', body, new Date('2026-01-01T00:00:00.900Z'))).toBe(`t=1767225600,v1=${expected}`);
  });

  it('is tried again as the table says, and then no more', () => {
    expect([1, 2, 3].map((attempts) => waitAfter(attempts, [10, 60]))).toEqual([10, 60, null]);
    expect([1, 3, 100].map(quietSeconds)).toEqual([10, 40, 300]);
  });
});
