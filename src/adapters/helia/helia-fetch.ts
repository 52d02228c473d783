import type { CID } from 'multiformats/cid';
import { walkDag, type FetchedBlock, type FetchOptions } from '../../network/index.js';
import { FetchSession, type FetcherSettings } from './fetch-session.js';
import type { HeliaNode } from './helia-node.js';

/** Fetches over bitswap from the origins, from whoever else is connected, from whom the routing systems name, and from gateways. */
export async function* fetchDag(node: HeliaNode, root: CID, options: FetchOptions, settings: FetcherSettings): AsyncGenerator<FetchedBlock> {
  const session = new FetchSession(node, root, options, settings);
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
