import type { WaitingPin } from './pin-leases.port.js';

/** Wakes workers. Each call leads to one claim per pin; which pin a worker then takes is decided by fairness, not by the wake-up. */
export abstract class FetchQueue {
  /** Never throws: what is lost here the sweep finds in the rows. */
  abstract wake(pins: WaitingPin[], delayMs?: number): Promise<void>;
}
