export { type BlockSession, walkSession } from './domain/block-session.js';
export type { DagLimits } from './domain/dag-limits.js';
export { DagTooLarge, UndecodableBlock, UnsupportedDag } from './domain/network.errors.js';
export { NetworkHttpModule, NetworkJobsModule, NetworkModule, NetworkPortsModule } from './network.module.js';
export { DelegateBoard, type SeenNode } from './ports/delegate-board.port.js';
export {
  type Announced,
  type FetchedBlock,
  type FetchOptions,
  IpfsNode,
  type NodeStatus,
} from './ports/ipfs-node.port.js';
export { dialable, isLoopback, isPublicAddress, publicFirst, TCP_AND_QUIC } from './peers/dial-filter.js';
