import { describe, expect, it } from '@jest/globals';
import type { Miner } from '../../api/miner-types';
import { activeShare, minersAsCsv, minerState } from './miner-columns';

const miner = (more: Partial<Miner>): Miner => ({
  addr: 'f01000',
  name: '',
  suspended: false,
  suspendedReason: '',
  version: '',
  chain_info: { peerId: null, addresses: [], owner: null, worker: null },
  httpUrl: null,
  ask: null,
  pausedUntil: null,
  dealCount: 0,
  activeDeals: 0,
  ...more,
});

describe('the table of miners', () => {
  it('says how we stand with each', () => {
    expect(
      [
        miner({ suspended: true, pausedUntil: '2026-01-01' }),
        miner({ pausedUntil: '2026-01-01', dealCount: 3 }),
        miner({ dealCount: 3 }),
        miner({}),
      ].map(minerState),
    ).toEqual(['suspended', 'paused', 'in use', 'known']);
  });

  it('has no share where nothing was tried', () => {
    expect([activeShare(miner({})), activeShare(miner({ dealCount: 4, activeDeals: 3 }))]).toEqual([null, 0.75]);
  });

  it('goes into a spreadsheet without becoming a formula', () => {
    const csv = minersAsCsv([miner({ name: '=1+1', suspendedReason: 'says "no", often' })]);
    expect(csv.split('\r\n')[1]).toBe('f01000,\'=1+1,known,,0,0,,,"says ""no"", often"');
  });
});
