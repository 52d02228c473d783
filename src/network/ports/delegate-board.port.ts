import type { NodeStatus } from './ipfs-node.port.js';

export interface SeenNode extends NodeStatus {
  seenAt: Date;
}

/** Where the process that runs the IPFS node tells the others what it is and how it can be reached. */
export abstract class DelegateBoard {
  abstract publish(status: NodeStatus): Promise<void>;
  /** Addresses that were published last, by whichever run; empty only when no node has ever run. */
  abstract read(): Promise<string[]>;
  /** All nodes of the last day, the one seen last first. */
  abstract nodes(): Promise<SeenNode[]>;
}
