import type { CarId, ContentId } from '../../shared/index.js';
import type { Stretch } from '../../storage/index.js';

/** Bytes that nobody wants here any more, by CAR. */
export interface Unwanted {
  /** Files that may go as a whole. */
  files: CarId[];
  /** Bytes of those files, whoever removes them in the end. */
  freedBytes: number;
  /** Stretches of files that stay for the sake of others. */
  stretches: { carId: CarId; stretches: Stretch[] }[];
  /** Bytes of those stretches: freed when their file is compacted or goes. */
  pendingBytes: number;
}

/** State changes after which bytes can go. Each is one transaction; the bytes follow, and a sweep finds what was left. */
export abstract class ContentRemovals {
  /** Null when there is no such content (any more). */
  abstract delete(id: ContentId): Promise<Unwanted | null>;
  /** The DAG lives with miners alone from now on. Null when it is not hot. @throws NotOffloadable when a part of it is in no finished piece. */
  abstract offload(root: string): Promise<Unwanted | null>;
  /** What `offload` would give back; changes nothing. @throws NotOffloadable as it would. */
  abstract rehearseOffload(root: string): Promise<{ freedBytes: number; pendingBytes: number } | null>;
  /** sealed -> committed. False when it was not sealed. */
  abstract markCommitted(carId: CarId): Promise<boolean>;
}
