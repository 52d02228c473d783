import type { CarId } from '../../shared/index.js';

/**
 * A place where sealed CARs can lie: the folder of a node now, a bucket later. Knows bytes and names, neither rows nor
 * what is in a CAR. `testing/car-place.contract.ts` is what every place promises.
 */
export abstract class CarPlace {
  /** As in `car_copies.place`: `node:<node id>`, `s3:<bucket>`. */
  abstract readonly name: string;
  /**
   * Puts a whole CAR there, in place of what was there under its id. Durable when it resolves; nobody sees a part of
   * it, and when the bytes fail to come, nothing has changed. Answers how many they were.
   * @throws DiskFull, CarWriteFailed; what the bytes throw
   */
  abstract put(id: CarId, bytes: AsyncIterable<Uint8Array>): Promise<number>;
  /** Exactly so many bytes from `offset` on, the caller's own; null when there is no such CAR or it ends before. */
  abstract read(id: CarId, offset: number, length: number): Promise<Buffer | null>;
  /** Length in bytes; null when there is no such CAR. */
  abstract sizeOf(id: CarId): Promise<number | null>;
  /** Answers the bytes that it had, 0 when there was none. Idempotent. */
  abstract remove(id: CarId): Promise<number>;
  /** All of them, in no order; what comes or goes meanwhile may be in it or not. */
  abstract list(): AsyncIterable<{ id: CarId; modified: Date }>;
}
