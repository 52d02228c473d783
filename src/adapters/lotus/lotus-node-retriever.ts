import { ChainCallFailed, ChainMethodMissing, ChainUnauthorized, ChainUnavailable } from '../../chain/index.js';
import { type NodeFaultName, nodeFaultFrom } from '../../deals/index.js';
import { FetchFailed, type NodeRetrieval, NodeRetriever } from '../../retrieval/index.js';
import {
  cancelRetrieval,
  exportCar,
  minerQueryOffer,
  retrieve,
  retrieveWait,
  type WireOffer,
} from './calls/retrieval.calls.js';
import { walletDefaultAddress } from './calls/chain.calls.js';
import { LotusTimeout } from './json-rpc-failure.js';
import type { LotusClient } from './lotus-client.js';

/** The caller's signal ends a retrieval; this only keeps a call from hanging for ever. */
const TRANSFER_MS = 6 * 3_600_000;

/** Retrieval through the node's graphsync client (`ClientRetrieve`: Lotus up to v1.27.0). */
export class LotusNodeRetriever extends NodeRetriever {
  constructor(private readonly client: LotusClient) {
    super();
  }

  /**
   * The node writes the CAR to `path`, which it has to see as we do. An offer that costs anything is refused before it
   * is taken. When the signal aborts, the node is told to stop. @throws FetchFailed, and the signal's reason
   */
  async retrieve(order: NodeRetrieval, path: string, signal: AbortSignal): Promise<void> {
    try {
      const offer = await minerQueryOffer(this.client, order.miner, order.root, order.pieceCid, signal);
      assertFree(offer);
      const wallet = await byOurNode(walletDefaultAddress(this.client, signal), 'wallet-key-missing');
      await this.transfer(offer, wallet, path, signal);
    } catch (error) {
      signal.throwIfAborted();
      throw nameFailure(error);
    }
  }

  private async transfer(offer: WireOffer, wallet: string, path: string, signal: AbortSignal): Promise<void> {
    const dealId = await retrieve(this.client, offer, wallet, signal);
    try {
      await retrieveWait(this.client, dealId, TRANSFER_MS, signal);
      await byOurNode(exportCar(this.client, offer.Root, dealId, path, TRANSFER_MS, signal), 'file-not-visible');
    } catch (error) {
      if (signal.aborted) await cancelRetrieval(this.client, dealId).catch(() => undefined);
      throw error;
    }
  }
}

/** Nothing is paid here: what costs money needs somebody's consent first. */
function assertFree(offer: WireOffer): void {
  if (offer.Err !== '')
    throw new FetchFailed(/unavailable|not hold|not found/i.test(offer.Err) ? 'not-held' : 'unreachable', offer.Err);
  if (offer.UnsealPrice > 0n)
    throw new FetchFailed('sealed-only', `it asks ${offer.UnsealPrice} attoFIL for unsealing`);
  if (offer.MinPrice > 0n) throw new FetchFailed('payment-asked', `it asks ${offer.MinPrice} attoFIL`);
}

/** What the node does without a miner: whatever goes wrong is its own. @throws FetchFailed, or what has a name */
async function byOurNode<T>(work: Promise<T>, otherwise: NodeFaultName): Promise<T> {
  return work.catch((error: unknown) => {
    if (error instanceof LotusTimeout) throw ours('node-unavailable', error);
    if (error instanceof ChainCallFailed) throw ours(nodeFaultFrom(error.message) ?? otherwise, error);
    throw error;
  });
}

function ours(fault: NodeFaultName, error: Error): FetchFailed {
  return new FetchFailed('node-fault', `the Filecoin node: ${error.message}`, error, fault);
}

/** Lotus has one code for everything: its words tell a fault of the node or its wallet from one of the miner. */
function nameFailure(error: unknown): unknown {
  if (error instanceof ChainMethodMissing)
    return new FetchFailed(
      'unsupported',
      'the Filecoin node cannot retrieve (Lotus has had no retrieval methods since v1.27.1)',
      error,
      'protocol-unsupported',
    );
  if (error instanceof LotusTimeout) return new FetchFailed('timeout', error.message, error);
  if (error instanceof ChainCallFailed) {
    const { message } = error;
    const fault = nodeFaultFrom(message);
    if (fault?.startsWith('wallet-')) return ours(fault, error);
    if (/dial|open stream|connect/i.test(message)) return new FetchFailed('unreachable', message, error);
    if (/not found|does not hold|unavailable/i.test(message)) return new FetchFailed('not-held', message, error);
    return new FetchFailed(/hash|mismatch|corrupt/i.test(message) ? 'wrong-bytes' : 'truncated', message, error);
  }
  if (error instanceof ChainUnauthorized) return ours('token-refused', error);
  if (error instanceof ChainUnavailable) return ours('node-unavailable', error);
  return error;
}
