export { type BlockSession, walkSession } from './domain/dag-walk.js';
export { DagTooLarge, UndecodableBlock, UnsupportedDag } from './domain/network.errors.js';
export { NetworkHttpModule, NetworkJobsModule, NetworkModule, NetworkPortsModule } from './network.module.js';
export { dialable, isPermitted, isPublicAddress, publicFirst, TCP_AND_QUIC } from './peers/dial-filter.js';
export {
  type Announced,
  type DagLimits,
  type FetchedBlock,
  type FetchOptions,
  IpfsNode,
  type NodeStatus,
} from './ports/ipfs-node.port.js';
export { IpfsNodeRegistry, type SeenNode } from './store/ipfs-node-registry.store.js';
