import pg from 'pg';
import { machineMs, type Clock } from '../../shared/index.js';

/** No number that BullMQ sends is as large, but moments: milliseconds since 1970 have passed it in 2001. */
const LEAST_MOMENT = 1e12;
/** The column in which it reads a moment that it waits for. */
const AWAITED = 'next_delay';

/**
 * BullMQ's connections, through which it keeps the platform's time.
 *
 * It reckons with `Date.now()`: when a delayed job is due, when a lock on a job lapses, when stalled jobs were looked
 * for. A process whose clock is an hour ahead for a second would leave jobs that nobody touches for an hour, and sweeps
 * could not ask for them again, because an id that still exists is ignored. So each moment that it sends is moved to the
 * time of our clock, and the one that it waits for back again.
 */
export class QueuePool extends pg.Pool {
  constructor(
    options: pg.PoolConfig,
    private readonly clock: Clock,
  ) {
    super(options);
  }

  /** As BullMQ calls it: text and values, answered by a promise. Anything else goes by unchanged. */
  override query(...given: unknown[]): never {
    const [text, values, ...rest] = given;
    const ask = (...call: unknown[]) => (super.query as (...args: unknown[]) => unknown).apply(this, call);
    if (typeof text !== 'string' || !Array.isArray(values) || rest.length > 0) return ask(...given) as never;
    const behindMs = this.clock.now().getTime() - machineMs();
    const answer = ask(
      text,
      values.map((value: unknown) => (isMoment(value) ? value + behindMs : value)),
    ) as Promise<pg.QueryResult<Record<string, unknown>>>;
    return answer.then((result) => {
      for (const row of result.rows) {
        const awaited = row[AWAITED];
        if (awaited !== null && awaited !== undefined) row[AWAITED] = String(Number(awaited) - behindMs);
      }
      return result;
    }) as never;
  }
}

function isMoment(value: unknown): value is number {
  return typeof value === 'number' && value >= LEAST_MOMENT;
}
