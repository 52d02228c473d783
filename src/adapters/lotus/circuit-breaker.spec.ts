import { beforeEach, describe, expect, it } from '@jest/globals';
import { TestClock } from '../../../test/support/test-clock.js';
import { ChainUnavailable } from '../../chain/index.js';
import { CircuitBreaker } from './circuit-breaker.js';

describe('the circuit breaker before a Filecoin node', () => {
  let clock: TestClock;
  let breaker: CircuitBreaker;
  beforeEach(() => {
    clock = new TestClock();
    breaker = new CircuitBreaker(clock);
  });
  const fail = (times: number) => {
    for (let n = 0; n < times; n += 1) breaker.failed();
  };

  it('lets calls through until five have failed in a row', () => {
    fail(4);
    expect(() => breaker.enter()).not.toThrow();
    breaker.succeeded();
    fail(4);
    expect(() => breaker.enter()).not.toThrow();
    breaker.failed();
    expect(() => breaker.enter()).toThrow(ChainUnavailable);
  });

  it('lets one call through when its pause is over, and all when that one succeeds', () => {
    fail(5);
    clock.advance(1_000);
    breaker.enter();
    expect(() => breaker.enter()).toThrow(ChainUnavailable);
    breaker.succeeded();
    breaker.enter();
    breaker.enter();
  });

  it('pauses twice as long when that one fails, and never longer than a minute', () => {
    fail(5);
    clock.advance(1_000);
    breaker.enter();
    breaker.failed();
    clock.advance(1_999);
    expect(() => breaker.enter()).toThrow(expect.objectContaining({ retryAfterMs: 500 }));
    clock.advance(1);
    breaker.enter();
    fail(20);
    clock.advance(59_999);
    expect(() => breaker.enter()).toThrow(ChainUnavailable);
    clock.advance(1);
    breaker.enter();
  });

  it('lets another try when a call ended without saying anything about the node', () => {
    fail(5);
    clock.advance(1_000);
    breaker.enter();
    breaker.undecided();
    breaker.enter();
  });
});
