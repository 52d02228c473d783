import type { CarId } from '../../shared/index.js';

/**
 * Whole CARs on this node, for rooms that hash them, hand them to miners, or bring them back. Where their bytes lie is
 * this room's affair.
 */
export abstract class CarFiles {
  /**
   * Length in bytes, or null when the CAR is not on this node, or is not what was sealed any more (the scrub found
   * damage): it must not be hashed, and not be handed to a miner.
   */
  abstract sizeOf(carId: CarId): Promise<number | null>;
  /**
   * All its bytes in order, in chunks that are the caller's own.
   * @throws CarNotHere when it is not on this node, or not any more
   */
  abstract read(carId: CarId): AsyncIterable<Uint8Array>;
  /**
   * Where a program of this machine finds the CAR that takes no bytes, only a path: a Lotus node's `ClientImport`. For
   * the adapter of such a program alone; whether or not the CAR is there.
   */
  abstract localPathOf(carId: CarId): string;
  /**
   * Puts back a CAR that had left this node. The bytes have to be those that were sealed: whoever hands them in
   * verifies them as they pass, and throws at their end when they are not; then nothing has changed. Its blocks can be read again when it resolves, and DAGs that
   * are whole again are hot. Idempotent; nothing happens to a CAR of which nothing is wanted any more.
   * @throws DiskFull, CarWriteFailed; what the bytes throw
   */
  abstract putBack(carId: CarId, bytes: AsyncIterable<Uint8Array>): Promise<void>;
}
