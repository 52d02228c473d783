import { setTimeout as sleep } from 'node:timers/promises';

/** How long to wait for something, and what to call it when it does not come. */
export interface Waiting {
  /** Given up after so long; 20 s unless told: no test is a promise of speed. */
  timeoutMs?: number;
  /** Asked again so often; every 20 ms unless told. */
  intervalMs?: number;
  /** What is waited for, as the end of "after 20000 ms it was still not so that …". */
  what?: string;
}

type Held<T> = Exclude<T, null | undefined | false>;

/**
 * Waits until the condition holds, and resolves with what it returned: anything but null, undefined and false.
 * An error that the condition throws is thrown on at once.
 *
 * @throws Error that says what was waited for, when the time is over.
 */
export async function until<T>(condition: () => T | Promise<T>, waiting: Waiting = {}): Promise<Held<T>> {
  const { timeoutMs = 20_000, intervalMs = 20, what = `${condition.toString().slice(0, 200)} holds` } = waiting;
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const found = await condition();
    if (found !== null && found !== undefined && found !== false) return found as Held<T>;
    if (performance.now() > deadline) throw new Error(`after ${timeoutMs} ms it was still not so that ${what}`);
    await sleep(intervalMs);
  }
}

/**
 * Waits until a check throws nothing any more, for checks made of `expect`. Throws the check's last error when the time
 * is over.
 */
export async function eventually(
  check: () => void | Promise<void>,
  waiting: Omit<Waiting, 'what'> = {},
): Promise<void> {
  let last: unknown;
  const passes = async () => {
    try {
      await check();
      return true;
    } catch (error) {
      last = error;
      return false;
    }
  };
  await until(passes, waiting).catch((late: unknown) => {
    throw last ?? late;
  });
}
