import { describe, expect, it } from '@jest/globals';
import { until } from '../../../test/support/until.js';
import { TestClock } from '../../../test/support/test-clock.js';
import { AppLogger } from '../logging/index.js';
import { type Lease, type LeaseRequest, LocalRateBudgets, RateBudgets } from './rate-budgets.js';
import { Rates } from './rates.js';

const logger = new AppLogger({ level: 'silent', process: 'test' });
const slow = { perSecond: 2, burst: 60 };
const fast = { perSecond: 1000, burst: 30_000 };

/** Budgets that count how often they were asked, and may be away. */
class CountedBudgets extends RateBudgets {
  questions = 0;
  away = false;
  private readonly real: LocalRateBudgets;

  constructor(clock: TestClock) {
    super();
    this.real = new LocalRateBudgets(() => clock.now().getTime());
  }

  async lease(requests: readonly LeaseRequest[]): Promise<Lease[]> {
    this.questions += 1;
    if (this.away) throw new Error('connection refused');
    return this.real.lease(requests);
  }
}

function processes(count: number): { clock: TestClock; budgets: CountedBudgets; all: Rates[] } {
  const clock = new TestClock();
  const budgets = new CountedBudgets(clock);
  return { clock, budgets, all: Array.from({ length: count }, () => new Rates(budgets, clock, logger)) };
}

/** gives up sooner than the real one. */
class HastyRates extends Rates {
  protected override readonly timeoutMs = 1;
}

describe('a rate', () => {
  it('holds nobody up when the shared budgets do not answer, and asks them once', async () => {
    const { clock, budgets } = processes(0);
    let answer: () => void = () => undefined;
    const hanging = new Promise<void>((resolve) => (answer = resolve));
    let questions = 0;
    const lease = budgets.lease.bind(budgets);
    budgets.lease = async (requests) => {
      questions += 1;
      await hanging;
      return lease(requests);
    };
    const rates = new HastyRates(budgets, clock, logger);
    for (let n = 0; n < 60; n++) expect((await rates.take('a', slow)).taken).toBe(true);
    expect((await rates.take('a', slow)).taken).toBe(false);
    clock.advance(10_000);
    for (let n = 0; n < 20; n++) expect((await rates.take('a', slow)).taken).toBe(true);
    expect(questions).toBe(1);
    answer();
    await hanging;
    await until(async () => {
      clock.advance(10_000);
      await rates.take('b', slow);
      return questions > 1;
    });
  });

  it("lets half a minute's worth through at once, then as many as come in, and says when", async () => {
    const {
      clock,
      all: [rates],
    } = processes(1);
    const begin = clock.now().getTime();
    for (let n = 0; n < 60; n++) expect((await rates!.take('a', slow)).taken).toBe(true);
    expect(await rates!.take('a', slow)).toEqual({
      taken: false,
      left: 0,
      nextAt: begin + 500,
      waitMs: 500,
      fullAt: begin + 30_000,
    });
    clock.advance(499);
    expect((await rates!.take('a', slow)).taken).toBe(false);
    clock.advance(1);
    expect(await rates!.take('a', slow)).toMatchObject({ taken: true, left: 0 });
    expect((await rates!.take('b', slow)).taken).toBe(true);
  });

  it('never stops a client that keeps to it', async () => {
    const {
      clock,
      all: [rates],
    } = processes(1);
    for (let n = 0; n < 2_000; n++) {
      expect((await rates!.take('a', slow)).taken).toBe(true);
      clock.advance(500);
    }
  });

  it('is one for all processes: together they let no more through than it says', async () => {
    const { clock, all } = processes(4);
    const rule = { perSecond: 100, burst: 300 };
    let taken = 0;
    for (let tenth = 0; tenth < 50; tenth++) {
      for (let n = 0; n < 40; n++) for (const rates of all) if ((await rates.take('a', rule)).taken) taken += 1;
      clock.advance(100);
    }
    expect(taken).toBeLessThanOrEqual(300 + 500);
    // What lies leased and unused elsewhere is little: a fifth of a second each.
    expect(taken).toBeGreaterThanOrEqual(300 + 490 - 4 * 20);
  });

  it('costs no question per request, nor per refusal', async () => {
    const {
      budgets,
      clock,
      all: [rates],
    } = processes(1);
    for (let n = 0; n < 10_000; n++) {
      await rates!.take('a', fast);
      if (n % 100 === 0) clock.advance(100);
    }
    // Ten seconds, 10,000 requests.
    expect(budgets.questions).toBeLessThan(150);
    while ((await rates!.take('b', slow)).taken);
    const before = budgets.questions;
    for (let n = 0; n < 1_000; n++) expect((await rates!.take('b', slow)).taken).toBe(false);
    expect(budgets.questions).toBe(before);
  });

  it('asks for all who begin at once in one question', async () => {
    const {
      budgets,
      all: [rates],
    } = processes(1);
    const verdicts = await Promise.all(Array.from({ length: 100 }, async (_, n) => rates!.take(`subject ${n}`, slow)));
    expect(verdicts.every(({ taken }) => taken)).toBe(true);
    expect(budgets.questions).toBe(1);
  });

  it('counts requests that cost more, and never lets one through that is dearer than all there is', async () => {
    const {
      all: [rates],
    } = processes(1);
    expect((await rates!.take('a', slow, 50)).taken).toBe(true);
    expect(await rates!.take('a', slow, 20)).toMatchObject({ taken: false, waitMs: 5_000 });
    expect((await rates!.take('a', slow, 10)).taken).toBe(true);
    expect((await rates!.take('b', slow, 61)).taken).toBe(false);
  });

  it('goes on in each process by itself while the database is away', async () => {
    const {
      budgets,
      clock,
      all: [rates],
    } = processes(1);
    budgets.away = true;
    let taken = 0;
    for (let n = 0; n < 100; n++) if ((await rates!.take('a', slow)).taken) taken += 1;
    expect(taken).toBe(60);
    expect(budgets.questions).toBe(1);
    budgets.away = false;
    clock.advance(5_000);
    expect((await rates!.take('a', slow)).taken).toBe(true);
    expect(budgets.questions).toBe(2);
  });
});
