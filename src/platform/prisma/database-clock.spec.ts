import { beforeEach, describe, expect, it } from '@jest/globals';
import { DatabaseClock } from './database-clock.js';

const HOUR = 3_600_000;
const BEGIN = Date.parse('2026-01-01T00:00:00Z');

/** A machine whose clock is wrong by so much, and the time that really passes. */
class TestedClock extends DatabaseClock {
  passed = 0;
  wrong = 0;

  /** The time there; the database's clock is right. */
  get trueMs(): number {
    return BEGIN + this.passed;
  }

  shown(): number {
    return this.now().getTime() - this.trueMs;
  }

  /** An answer that was on its way for so long, said after a part of it. */
  ask(tookMs = 0, saidAfterMs = 0): void {
    const asked = this.monotonicMs();
    const said = this.trueMs + saidAfterMs;
    this.passed += tookMs;
    this.heard(said, asked);
  }

  override monotonicMs(): number {
    return 5_000 + this.passed;
  }

  protected override wallMs(): number {
    return this.trueMs + this.wrong;
  }
}

describe("the database's clock, as a process knows it", () => {
  let clock: TestedClock;
  beforeEach(() => {
    clock = new TestedClock();
  });

  it("is the machine's before the first answer, and stays it to the millisecond while they agree", () => {
    expect(clock.shown()).toBe(0);
    for (const [took, said] of [
      [0, 0],
      [40, 0],
      [40, 40],
      [2_500, 1],
      [3, 2],
    ] as const) {
      clock.ask(took, said);
      clock.passed += 977;
      expect(clock.shown()).toBe(0);
    }
  });

  it.each([HOUR, -HOUR, 90_000, -5_000])('is right on a machine whose clock is wrong by %i ms', (wrong) => {
    clock.wrong = wrong;
    clock.ask();
    expect(clock.shown()).toBe(0);
    clock.passed += 10_000;
    expect(clock.shown()).toBe(0);
    clock.ask(30, 10);
    expect(Math.abs(clock.shown())).toBeLessThanOrEqual(30);
  });

  it.each([HOUR, -HOUR, 1_000, -1_000])(
    "goes on as before when the machine's clock is set by %i ms, and back",
    (by) => {
      clock.ask();
      clock.passed += 300;
      clock.wrong = by;
      expect(clock.shown()).toBe(0);
      clock.passed += 500;
      expect(clock.shown()).toBe(0);
      clock.ask();
      expect(clock.shown()).toBe(0);
      clock.passed += 400;
      clock.wrong = 0;
      clock.passed += 100;
      expect(clock.shown()).toBe(0);
      clock.ask();
      expect(clock.shown()).toBe(0);
    },
  );

  it('comes closer with every answer, and no answer leads it further away than it was on its way', () => {
    clock.wrong = 7 * HOUR;
    clock.ask(400, 200);
    expect(Math.abs(clock.shown())).toBeLessThanOrEqual(400);
    clock.ask(20, 10);
    expect(Math.abs(clock.shown())).toBeLessThanOrEqual(20);
    clock.ask(2_000, 0);
    expect(Math.abs(clock.shown())).toBeLessThanOrEqual(20);
    clock.ask(0);
    expect(clock.shown()).toBe(0);
  });

  it('follows a database whose own clock is set', () => {
    clock.ask();
    clock.heard(clock.trueMs - HOUR, clock.monotonicMs());
    expect(clock.shown()).toBe(-HOUR);
  });
});
