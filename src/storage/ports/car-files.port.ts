import type { CarId } from '../../shared/index.js';

/** Whole CARs on this node, for rooms that hash them, hand them to miners, or bring them back. */
export abstract class CarFiles {
  /**
   * Absolute path of the file, whether or not it is there. The one place where a path leaves this room: commP is
   * computed by a worker thread that reads the file itself, and a Lotus node imports what lies on its own disk. Readers
   * of blocks have `HotBlocks`.
   */
  abstract pathOf(carId: CarId): string;
  /** Length of the file, or null when it is not on this node. */
  abstract sizeOf(carId: CarId): Promise<number | null>;
  /**
   * Puts back a CAR that had left this node, out of a file with the bytes that were sealed: the caller has verified
   * them. Its blocks can be read again when it resolves, and DAGs that are whole again are hot. Idempotent.
   * @throws DiskFull, CarWriteFailed
   */
  abstract putBack(carId: CarId, fromPath: string): Promise<void>;
}
