import { setTimeout as sleep } from 'node:timers/promises';
import { Clock } from '../../src/shared/index.js';

interface TestClockOptions {
  /** What the clock shows at first. */
  at?: Date | string;
  /** Goes on by itself as the wall's clock does, beside what it is advanced by. */
  running?: boolean;
}

/**
 * The clock of all tests. It stands still and moves when the test advances it, or when somebody sleeps on it: a sleep
 * is over at once and moves the clock on by what was slept. `TestClock.running()` also goes on by itself, and a sleep
 * on it lets a few real milliseconds pass, for loops that wait for what others do meanwhile.
 */
export class TestClock extends Clock {
  private readonly begin: number;
  private readonly running: boolean;
  private readonly startedAt = performance.now();
  private ahead = 0;

  constructor({ at = '2026-01-01T01:00:00Z', running = false }: TestClockOptions = {}) {
    super();
    this.begin = new Date(at).getTime();
    this.running = running;
  }

  /** Shows the real time, and runs; for tests with real engines and other processes that have clocks of their own. */
  static running(): TestClock {
    return new TestClock({ at: new Date(), running: true });
  }

  now(): Date {
    const passed = this.running ? Math.floor(performance.now() - this.startedAt) : 0;
    return new Date(this.begin + passed + this.ahead);
  }

  override forStatement(): Date {
    return this.now();
  }

  override monotonicMs(): number {
    return this.now().getTime();
  }

  /** Moves the hands forward. */
  advance(ms: number): void {
    this.ahead += ms;
  }

  /** Moves the hands to a time, forward or back. */
  set(at: Date | string): void {
    this.ahead += new Date(at).getTime() - this.now().getTime();
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    if (this.running) await sleep(Math.min(ms, 5));
    this.advance(ms);
    signal?.throwIfAborted();
  }
}
