import type { CarId } from '../../shared/index.js';
import type { Stretch } from '../domain/run-coverage.js';

/** Takes bytes away after the rows that wanted them are gone. Everything here may be repeated; a sweep finishes what a crash left. */
export abstract class CarReclaimer {
  /** The blocks of these stretches cannot be read here any more; their file stays. */
  abstract hide(carId: CarId, stretches: readonly Stretch[]): Promise<void>;
  /** The file and all that the index says of it. Answers the bytes given back to the disk, 0 when it was gone. */
  abstract remove(carId: CarId): Promise<number>;
}
