import type { MinerId } from '../../shared/index.js';

/** What our node is asked for. */
export interface NodeRetrieval {
  /** CIDv1 text. */
  root: string;
  /** Null: the miner finds it by the root alone. */
  pieceCid: string | null;
  miner: MinerId;
}

/**
 * Retrieves a DAG through our Filecoin node. Free offers only: whoever asks money is refused by 'sealed-only' or
 * 'payment-asked'. Failures are FetchFailed; a node that has no retrieval methods (Lotus since v1.27.1) is
 * 'unsupported'.
 */
export abstract class NodeRetriever {
  /** Leaves a CAR, unverified, at `path`; the node has to see the same file system. */
  abstract retrieve(order: NodeRetrieval, path: string, signal: AbortSignal): Promise<void>;
}
