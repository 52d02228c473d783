import { describe, expect, it } from '@jest/globals';
import { minerId } from '../../shared/index.js';
import { partSteps, preferReliable, type Step, wholeSteps, worthTrying } from './ladder.js';
import type { FetchReason } from './retrieval.errors.js';
import type { HeldPart, Holder } from './retrieval.js';

const holder = (miner: string, httpUrl: string | null = `http://${miner}`): Holder => ({
  miner: minerId(miner),
  httpUrl,
  sealed: true,
});
const part = (seq: number, holders: Holder[], pieceCid: string | null = `piece${seq}`): HeldPart => ({
  seq,
  pieceCid,
  offset: 0,
  length: 100,
  holders,
});
const none = new Map<string, number>();
const told = (steps: Step[]) => steps.map(({ source, holder: { miner } }) => `${source} ${miner}`);

describe('the rungs of a whole DAG', () => {
  it('are CARs over HTTP from all, then stretches of the piece, then our node', () => {
    expect(told(wholeSteps([part(0, [holder('t01'), holder('t02')])], none))).toEqual([
      'http-car t01',
      'http-car t02',
      'http-piece t01',
      'http-piece t02',
      'lotus t01',
      'lotus t02',
    ]);
  });

  it('leave HTTP out for miners without an endpoint', () => {
    expect(told(wholeSteps([part(0, [holder('t01', null), holder('t02')])], none))).toEqual([
      'http-car t02',
      'http-piece t02',
      'lotus t01',
      'lotus t02',
    ]);
  });

  it('leave the piece out while it has no commitment', () => {
    expect(told(wholeSteps([part(0, [holder('t01')], null)], none))).toEqual(['http-car t01', 'lotus t01']);
  });

  it('of several pieces are CARs from those who hold all of them', () => {
    const parts = [part(0, [holder('t01'), holder('t02')]), part(1, [holder('t02'), holder('t03')])];
    expect(told(wholeSteps(parts, none))).toEqual(['http-car t02']);
  });

  it('are none where no piece contains it', () => {
    expect(wholeSteps([], none)).toEqual([]);
  });
});

describe('the rungs of one part', () => {
  it('are stretches of its piece', () => {
    expect(told(partSteps(part(1, [holder('t01'), holder('t02', null)]), none))).toEqual(['http-piece t01']);
  });

  it('are none while the piece has no commitment', () => {
    expect(partSteps(part(1, [holder('t01')], null), none)).toEqual([]);
  });
});

describe('who is asked first', () => {
  const failures = new Map([
    ['t01', 3],
    ['t02', 1],
  ]);
  const holders = ['t01', 't02', 't03', 't04'].map((miner) => holder(miner));

  it('is whoever failed least lately, otherwise as the deals ordered them', () => {
    expect(preferReliable(holders, failures).map(({ miner }) => miner)).toEqual(['t03', 't04', 't02', 't01']);
    expect(holders[0]?.miner).toBe('t01');
  });

  it('holds for each kind of rung', () => {
    expect(told(wholeSteps([part(0, holders.slice(0, 2))], failures))).toEqual([
      'http-car t02',
      'http-car t01',
      'http-piece t02',
      'http-piece t01',
      'lotus t02',
      'lotus t01',
    ]);
  });
});

describe('whether a rung can still help', () => {
  const step = (source: Step['source']): Step => ({ source, holder: holder('t01'), part: part(0, []) });

  it.each<[FetchReason | null, boolean, boolean]>([
    [null, true, true],
    ['not-held', true, true],
    ['http-status', true, true],
    ['unsupported', true, true],
    ['unreachable', false, true],
    ['timeout', false, true],
    ['truncated', false, true],
    ['too-slow', false, true],
    ['wrong-bytes', false, false],
    ['sealed-only', false, false],
    ['payment-asked', false, false],
  ])('after %p: its piece %p, our node %p', (answer, piece, node) => {
    const answers = new Map(answer === null ? [] : [['t01', answer]]);
    expect([worthTrying(step('http-piece'), answers), worthTrying(step('lotus'), answers)]).toEqual([piece, node]);
  });

  it('is not judged by what another miner answered', () => {
    expect(worthTrying(step('lotus'), new Map<string, FetchReason>([['t02', 'wrong-bytes']]))).toBe(true);
  });
});
