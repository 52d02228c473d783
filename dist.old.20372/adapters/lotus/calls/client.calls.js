import { z } from 'zod';
import { wireBigInt, wireCid, wireUint64 } from './wire-shapes.js';
/** Lotus reads the whole CAR on import. */ const IMPORT_TIMEOUT_FACTOR = 20;
/** A miner that takes longer to name its price is counted as silent. */ const ASK_TIMEOUT_MS = 10_000;
const storageAsk = z.object({
    Price: wireBigInt,
    VerifiedPrice: wireBigInt,
    MinPieceSize: wireUint64,
    MaxPieceSize: wireUint64
});
/** Since Lotus v1.24 the ask comes in an envelope. */ const queryAskAnswer = z.union([
    z.object({
        Response: storageAsk
    }).transform(({ Response })=>Response),
    storageAsk
]);
const importAnswer = z.object({
    Root: wireCid,
    ImportID: wireUint64
});
const importList = z.array(z.object({
    Root: wireCid.nullish(),
    FilePath: z.string().nullish(),
    Err: z.string().nullish()
})).nullable();
const log = z.object({
    Log: z.string()
});
const channelId = z.object({
    Initiator: z.string(),
    Responder: z.string(),
    ID: wireUint64
});
const dealInfoAnswer = z.object({
    ProposalCid: wireCid,
    State: z.number().int(),
    Message: z.string(),
    DealStages: z.object({
        Stages: z.array(z.object({
            Name: z.string(),
            Logs: z.array(log).nullish()
        })).nullish()
    }).nullish(),
    Provider: z.string(),
    DataRef: z.object({
        Root: wireCid.nullish(),
        PieceCid: wireCid.nullish()
    }).nullish(),
    PieceCID: wireCid.nullish(),
    Size: z.number(),
    PricePerEpoch: wireBigInt,
    Duration: z.number(),
    DealID: wireUint64,
    CreationTime: z.string(),
    Verified: z.boolean(),
    TransferChannelID: channelId.nullish(),
    DataTransfer: z.object({
        OtherPeer: z.string(),
        IsInitiator: z.boolean(),
        Transferred: z.number(),
        Message: z.string().nullish()
    }).nullish()
});
/** The node asks the miner over libp2p for us, so silence is the miner's. @throws ChainCallFailed, LotusTimeout */ export async function queryAsk(client, peerId, miner, signal) {
    return client.call('ClientQueryAsk', [
        peerId,
        miner
    ], queryAskAnswer, {
        signal,
        onBehalf: true,
        timeoutMs: Math.min(ASK_TIMEOUT_MS, client.timeoutMs)
    });
}
/** The node reads the file at this path of its own disk, whole, and remembers it. Answers the root that it found. */ export async function importCar(client, path, signal) {
    return client.call('ClientImport', [
        {
            Path: path,
            IsCAR: true
        }
    ], importAnswer, {
        signal,
        onBehalf: true,
        timeoutMs: client.timeoutMs * IMPORT_TIMEOUT_FACTOR
    });
}
/** What the node has imported so far; entries whose file it cannot read bear an `Err`. */ export async function listImports(client, signal) {
    return await client.call('ClientListImports', [], importList, {
        signal,
        idempotent: true
    }) ?? [];
}
/**
 * CID of the proposal that went out. Never repeated by itself: a second call is a second proposal.
 * @throws ChainCallFailed with the node's or the miner's words
 */ export async function startDeal(client, deal, signal) {
    const params = {
        Data: {
            TransferType: 'graphsync',
            Root: {
                '/': deal.root
            },
            PieceCid: {
                '/': deal.pieceCid
            },
            PieceSize: deal.unpaddedPieceSize
        },
        Wallet: deal.wallet,
        Miner: deal.miner,
        EpochPrice: String(deal.epochPrice),
        MinBlocksDuration: deal.duration,
        DealStartEpoch: deal.startEpoch,
        FastRetrieval: true,
        VerifiedDeal: deal.verified
    };
    return client.call('ClientStartDeal', [
        params
    ], wireCid, {
        signal,
        onBehalf: true
    });
}
/** The newest that the node knows of one proposal. @throws ChainCallFailed "not found" once it has forgotten it */ export async function getDealInfo(client, proposalCid, signal) {
    return client.call('ClientGetDealInfo', [
        {
            '/': proposalCid
        }
    ], dealInfoAnswer, {
        signal,
        idempotent: true
    });
}
/** Every proposal that the node remembers, in no order. */ export async function listDeals(client, signal) {
    return await client.call('ClientListDeals', [], z.array(dealInfoAnswer).nullable(), {
        signal,
        idempotent: true
    }) ?? [];
}
/** Ends a transfer that is under way. @throws ChainCallFailed when it is over, or the node cannot stop it */ export async function cancelDataTransfer(client, transferId, otherPeer, isInitiator, signal) {
    await client.call('ClientCancelDataTransfer', [
        transferId,
        otherPeer,
        isInitiator
    ], z.unknown(), {
        signal,
        onBehalf: true
    });
}

//# sourceMappingURL=client.calls.js.map
