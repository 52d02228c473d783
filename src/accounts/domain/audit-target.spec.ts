import { describe, expect, it } from '@jest/globals';
import { hashToken, newToken } from './api-key.js';
import { auditTarget } from './audit-target.js';

describe('what the audit log says of a request', () => {
  it('is what path and body name; the path goes before the body', () => {
    expect(auditTarget({ miner: 'f01000' }, { reason: 'too slow', enabled: false, miner: 'f02' })).toEqual({
      miner: 'f01000',
      reason: 'too slow',
      enabled: false,
    });
  });

  it('holds no secret', () => {
    const token = newToken();
    const said = auditTarget({ key_or_hash: token }, { newPassword: 'one', passwordHash: 'two', inviteCode: 'three' });
    expect(said).toEqual({ key_or_hash: hashToken(token), newPassword: '...', passwordHash: '...', inviteCode: '...' });
  });

  it('is bounded, and can be kept', () => {
    const many = Object.fromEntries(Array.from({ length: 1000 }, (_, at) => [`field${at}`, 'x'.repeat(10_000)]));
    expect(JSON.stringify(auditTarget({}, many)).length).toBeLessThan(6_000);
    expect(auditTarget(undefined, ['a', 'b'])).toEqual({});
    expect(auditTarget({}, { a: 'x\0y', b: '\ud800', c: [1, 2], d: { e: 1 }, f: null })).toEqual({
      a: 'xy',
      b: '\ufffd',
      c: '2 items',
      d: '...',
      f: null,
    });
  });
});
