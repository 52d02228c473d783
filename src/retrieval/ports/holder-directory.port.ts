import type { MinerId } from '../../shared/index.js';
import type { HeldPart } from '../domain/retrieval.js';

/** Which miners ought to have the bytes of a DAG, and where they can be asked. */
export abstract class HolderDirectory {
  /** The parts of the DAG in order, each with its holders, best first. Empty when no piece contains it. */
  abstract find(root: string): Promise<HeldPart[]>;
  /** Base URL of a miner's HTTP endpoint, or null when it has none. */
  abstract httpUrlOf(miner: MinerId): Promise<string | null>;
}
