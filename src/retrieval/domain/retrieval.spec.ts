import { describe, expect, it } from '@jest/globals';
import { RetrievalFailed } from './retrieval.errors.js';
import { canTransition, type RetrievalState, retrievalTransitions } from './retrieval.js';

const states = Object.keys(retrievalTransitions) as RetrievalState[];

describe('the states of a retrieval', () => {
  it('end in stored or failed, and nowhere else', () => {
    expect(states.filter((state) => retrievalTransitions[state].length === 0)).toEqual(['stored', 'failed']);
  });

  it('lead back to locating from every live state, for the next worker', () => {
    const live = states.filter((state) => retrievalTransitions[state].length > 0);
    expect(live.filter((state) => !canTransition(state, 'locating'))).toEqual([]);
  });

  it('reach stored only by verified, or where the DAG was hot already', () => {
    expect(states.filter((state) => canTransition(state, 'stored'))).toEqual(['locating', 'verified']);
    expect(states.filter((state) => canTransition(state, 'verified'))).toEqual(['fetching']);
  });
});

describe('a failed retrieval', () => {
  it('tells the reason of each miner, and when to ask again', () => {
    const reasons = [
      { miner: 't01', source: 'http-car', phase: 'query', reason: 'unreachable', message: 'x' },
      { miner: null, source: 'locate', phase: 'locate', reason: 'not-held', message: 'y' },
    ] as const;
    const failure = new RetrievalFailed('bafyroot', 'id', reasons);
    expect(failure).toMatchObject({ status: 504, retryable: true, retryAfterMs: 10_000, code: 'ERR_RETRIEVAL_FAILED' });
    expect(failure.message).toBe('bafyroot could not be retrieved (t01: unreachable, locate: not-held)');
    expect(failure.details).toMatchObject({ cid: 'bafyroot', retrievalId: 'id', reasons: [{ miner: 't01' }, {}] });
  });

  it('says so when no miner is known', () => {
    expect(new RetrievalFailed('bafyroot', 'id', []).message).toContain('no miner is known to hold it');
  });
});
