import type { UserId } from '../../shared/index.js';
import type { PinStatus } from '../pin.js';

/** The numbers of pins, known without counting. The database keeps them with every change, whoever makes it. */
export abstract class PinCounts {
  /** Pins of all accounts by status, exact at one moment. Cheap, however many there are. */
  abstract byStatus(): Promise<Record<PinStatus, number>>;
  /** All pins of each of these accounts; one that is left out has none. */
  abstract ofUsers(users: readonly UserId[]): Promise<ReadonlyMap<UserId, number>>;
  /**
   * Adds recent changes to the counts. Readers are right without it, but read one row for each change since: to be called every
   * second or so. At most `most` changes; answers how many, so 0 when nothing is left or another process is at it.
   */
  abstract fold(most: number): Promise<number>;
}
