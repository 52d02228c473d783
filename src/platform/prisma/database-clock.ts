import { machineMs, SystemClock } from '../../shared/index.js';

/** A clock that went off by more than this from the one that nothing corrects was set. In ms. */
const WAS_SET_MS = 100;

/**
 * The time as the database has it: one for all processes that share it, whatever the clocks of their machines show.
 * Due times, ages and days are reckoned by it; what a lease decides asks the database itself (platform/leases).
 *
 * It follows this machine's clock as long as that agrees with the database's answers, which `WriterSession` brings once
 * a second. Between two answers a clock that was set is found out by the one that no correction moves. Without any
 * answer yet it shows this machine's time.
 */
export class DatabaseClock extends SystemClock {
  /** At the last answer, in ms: both clocks of this machine, and by how much the database's is ahead of its own. */
  private heardAt: { wall: number; monotonic: number; ahead: number } | null = null;

  override now(): Date {
    return new Date(this.ms());
  }

  /**
   * The database said what time it is.
   *
   * @param databaseMs since 1970, at some moment between question and answer
   * @param askedMs `monotonicMs()` when the question was sent
   */
  heard(databaseMs: number, askedMs: number): void {
    const [monotonic, wall] = [this.monotonicMs(), this.wallMs()];
    const believed = this.heardAt === null ? 0 : this.ms() - wall;
    // It is as late there as was said, and by as much later as the answer may have taken. What is believed changes only
    // when it cannot be: two clocks that are one stay equal to the millisecond, however long an answer takes.
    const least = Math.floor(databaseMs) - wall;
    const most = Math.ceil(databaseMs + monotonic - askedMs) - wall;
    this.heardAt = { wall, monotonic, ahead: Math.min(Math.max(believed, least), most) };
  }

  /** The clock of this machine, right or wrong. */
  protected wallMs(): number {
    return machineMs();
  }

  private ms(): number {
    const wall = this.wallMs();
    if (this.heardAt === null) return wall;
    const expected = this.heardAt.wall + this.monotonicMs() - this.heardAt.monotonic;
    return Math.floor(Math.abs(wall - expected) < WAS_SET_MS ? wall : expected) + this.heardAt.ahead;
  }
}
