import type { CarId } from '../../shared/index.js';

/** The CAR files of this node, for readers outside the content room. */
export abstract class CarFiles {
  /** Absolute path of the file, whether or not it is there. */
  abstract pathOf(carId: CarId): string;
  /** Length of the file, or null when it is not on this node. */
  abstract sizeOf(carId: CarId): Promise<number | null>;
  /** Puts a verified CAR file (same bytes as were sealed) back in place: for repairs of offloaded pieces. */
  abstract putBack(carId: CarId, fromPath: string): Promise<void>;
}
