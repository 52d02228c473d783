import { describe, expect, it } from '@jest/globals';
import { userId } from '../../shared/index.js';
import { fromDeal, fromPin, fromStored, isTold, markPassed } from './derive-events.js';

const told = { id: '7', at: new Date('2026-01-01T00:00:00Z') };
const ANNA = '00000000-0000-4000-8000-00000000000a';
const owners = [{ userId: userId(ANNA), contents: 3, contentIds: ['1', '2', '3'] }];
const move = {
  dealId: '5',
  carId: 'c',
  miner: 'f01000',
  to: 'active',
  cause: 'proven',
  phase: null,
  reason: null,
  epoch: 9,
};

describe('events of accounts', () => {
  it('are one for each content that was stored', () => {
    const [first, second] = fromStored(told, [
      { contentId: '1', userId: ANNA, cid: 'bafy', size: 3 },
      { contentId: '2', userId: ANNA, cid: 'bafz', size: 4 },
    ]);
    expect(first).toEqual({
      eventId: '7',
      type: 'stored',
      subject: '1',
      userId: ANNA,
      data: { contentId: '1', cid: 'bafy', size: 3 },
      at: told.at,
    });
    expect(second?.subject).toBe('2');
  });

  it('tell of a pin when it ended, and why it failed', () => {
    const pin = { requestId: 'r', userId: ANNA, cid: 'bafy', status: 'pinning', reason: null };
    expect(fromPin(told, pin)).toEqual([]);
    expect(fromPin(told, { ...pin, status: 'pinned' })).toMatchObject([{ type: 'pinned', subject: 'r' }]);
    expect(fromPin(told, { ...pin, status: 'failed', reason: 'NO_PROVIDERS' })).toMatchObject([
      { type: 'pin-failed', data: { reason: 'NO_PROVIDERS' } },
    ]);
  });

  it('tell every account with a content in its piece what became of a deal', () => {
    expect(fromDeal(told, move, owners)).toMatchObject([
      { type: 'deal-active', subject: '5', data: { miner: 'f01000', contents: 3, contentIds: ['1', '2', '3'] } },
    ]);
    for (const to of ['failed', 'rejected'])
      expect(fromDeal(told, { ...move, to, phase: 'transfer', reason: 'timeout' }, owners)).toMatchObject([
        { type: 'deal-failed', data: { phase: 'transfer', reason: 'timeout' } },
      ]);
    expect(fromDeal(told, { ...move, to: 'slashed' }, owners)[0]?.type).toBe('deal-slashed');
    expect(fromDeal(told, { ...move, to: 'expiring' }, owners)[0]?.type).toBe('deal-expiring');
    expect(fromDeal(told, { ...move, to: 'published' }, owners)).toEqual([]);
    expect([isTold('active'), isTold('published'), isTold('constructor')]).toEqual([true, false, false]);
  });

  it('tell of a quota once for each mark that was passed', () => {
    expect(markPassed(79, 10, 100)).toBeNull();
    expect(markPassed(80, 1, 100)).toBe(80);
    expect(markPassed(95, 1, 100)).toBeNull();
    expect(markPassed(100, 60, 100)).toBe(100);
    expect(markPassed(100, 60, null)).toBeNull();
  });
});
