import type { CID } from 'multiformats/cid';
import { walkSession, type FetchedBlock, type FetchOptions } from '../../network/index.js';
import { FetchSession, type FetcherSettings } from './fetch-session.js';
import type { HeliaNode } from './helia-node.js';

/** Fetches over bitswap from the origins, from whoever else is connected, from whom the routing systems name, and from gateways. */
export function fetchDag(
  node: HeliaNode,
  root: CID,
  options: FetchOptions,
  settings: FetcherSettings,
): AsyncGenerator<FetchedBlock> {
  return walkSession(new FetchSession(node, root, options, settings), root, options);
}
