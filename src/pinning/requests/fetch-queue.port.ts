/** Wakes a worker that may sleep. Which pin it takes is decided by fairness, not by the wake-up. */
export abstract class FetchQueue {
  /** After any number of pins once. Never throws: workers look for themselves, only later. */
  abstract wake(): Promise<void>;
}
