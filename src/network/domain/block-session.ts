import type { CID } from 'multiformats/cid';
import type { FetchedBlock, FetchOptions } from '../ports/ipfs-node.port.js';
import { walkDag, type WalkOptions } from './dag-walk.js';

/** One fetch through some node: what it keeps going between its blocks, and how it gets one, verified. */
export interface BlockSession {
  open(): void;
  load: WalkOptions['load'];
  /** However the fetch ends. */
  close(): void;
}

/** What `IpfsNode.fetch` promises, for a node that gets blocks one by one. */
export async function* walkSession(
  session: BlockSession,
  root: CID,
  options: FetchOptions,
): AsyncGenerator<FetchedBlock> {
  session.open();
  try {
    yield* walkDag(root, {
      load: (cid, signal) => session.load(cid, signal),
      signal: options.signal,
      ...(options.limits ? { limits: options.limits } : {}),
    });
  } finally {
    session.close();
  }
}
