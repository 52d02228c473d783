import { ChainCallFailed, ChainMethodMissing, ChainUnavailable } from '../../chain/index.js';
import { FetchFailed, NodeRetriever } from '../../retrieval/index.js';
import { cancelRetrieval, exportCar, minerQueryOffer, retrieve, retrieveWait } from './calls/retrieval.calls.js';
import { walletDefaultAddress } from './calls/chain.calls.js';
import { LotusTimeout } from './json-rpc-failure.js';
/** The caller's signal ends a retrieval; this only keeps a call from hanging for ever. */ const TRANSFER_MS = 6 * 3_600_000;
/** Retrieval through the node's graphsync client (`ClientRetrieve`: Lotus up to v1.27.0). */ export class LotusNodeRetriever extends NodeRetriever {
    constructor(client){
        super(), this.client = client;
    }
    async retrieve(order, path, signal) {
        try {
            const offer = await minerQueryOffer(this.client, order.miner, order.root, order.pieceCid, signal);
            assertFree(offer);
            const wallet = await walletDefaultAddress(this.client, signal);
            await this.transfer(offer, wallet, path, signal);
        } catch (error) {
            signal.throwIfAborted();
            throw nameFailure(error);
        }
    }
    async transfer(offer, wallet, path, signal) {
        const dealId = await retrieve(this.client, offer, wallet, signal);
        try {
            await retrieveWait(this.client, dealId, TRANSFER_MS, signal);
            await exportCar(this.client, offer.Root, dealId, path, TRANSFER_MS, signal);
        } catch (error) {
            if (signal.aborted) await cancelRetrieval(this.client, dealId).catch(()=>undefined);
            throw error;
        }
    }
}
/** Nothing is paid here: what costs money needs somebody's consent first. */ function assertFree(offer) {
    if (offer.Err !== '') throw new FetchFailed(/unavailable|not hold|not found/i.test(offer.Err) ? 'not-held' : 'unreachable', offer.Err);
    if (offer.UnsealPrice > 0n) throw new FetchFailed('sealed-only', `it asks ${offer.UnsealPrice} attoFIL for unsealing`);
    if (offer.MinPrice > 0n) throw new FetchFailed('payment-asked', `it asks ${offer.MinPrice} attoFIL`);
}
function nameFailure(error) {
    if (error instanceof ChainMethodMissing) return new FetchFailed('unsupported', 'the Filecoin node cannot retrieve (Lotus has had no retrieval methods since v1.27.1)', error);
    if (error instanceof LotusTimeout) return new FetchFailed('timeout', error.message, error);
    if (error instanceof ChainCallFailed) {
        const { message } = error;
        if (/dial|open stream|connect/i.test(message)) return new FetchFailed('unreachable', message, error);
        if (/not found|does not hold|unavailable/i.test(message)) return new FetchFailed('not-held', message, error);
        return new FetchFailed(/hash|mismatch|corrupt/i.test(message) ? 'wrong-bytes' : 'truncated', message, error);
    }
    if (error instanceof ChainUnavailable) return new FetchFailed('unreachable', `the Filecoin node: ${error.message}`, error);
    return error;
}

//# sourceMappingURL=lotus-node-retriever.js.map
