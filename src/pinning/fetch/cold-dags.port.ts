import type { CID } from 'multiformats/cid';

/** What this platform stored once and has only at its miners now. Filled by the room that retrieves. */
export abstract class ColdDags {
  /**
   * Restores the DAG into the CAR files of this node, and resolves with true once it is hot. False: the platform holds
   * no copy anywhere.
   * @throws when no holder gave it, and the signal's reason.
   */
  abstract restore(root: CID, signal: AbortSignal): Promise<boolean>;
}
