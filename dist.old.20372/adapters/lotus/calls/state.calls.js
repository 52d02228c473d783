import { z } from 'zod';
import { HEAD, wireBigInt, wireCid, wireEpoch, wireEpochOrNever, wireUint64 } from './wire-shapes.js';
const minerInfoAnswer = z.object({
    Owner: z.string(),
    Worker: z.string(),
    PeerId: z.string().nullish(),
    /** Binary multiaddrs in base64. */ Multiaddrs: z.array(z.string()).nullish()
});
const marketDealAnswer = z.object({
    Proposal: z.object({
        PieceCID: wireCid,
        PieceSize: wireUint64,
        VerifiedDeal: z.boolean(),
        Client: z.string(),
        Provider: z.string(),
        Label: z.unknown(),
        StartEpoch: wireEpoch,
        EndEpoch: wireEpoch,
        StoragePricePerEpoch: wireBigInt
    }),
    State: z.object({
        SectorStartEpoch: wireEpochOrNever,
        LastUpdatedEpoch: wireEpochOrNever,
        SlashEpoch: wireEpochOrNever
    })
});
const marketBalanceAnswer = z.object({
    Escrow: wireBigInt,
    Locked: wireBigInt
});
/** Every miner that the chain has ever had: thousands on mainnet. */ export async function listMiners(client, signal) {
    return await client.call('StateListMiners', [
        HEAD
    ], z.array(z.string()).nullable(), {
        signal,
        idempotent: true
    }) ?? [];
}
/** @throws ChainCallFailed for an address that is no miner */ export async function minerInfo(client, miner, signal) {
    return client.call('StateMinerInfo', [
        miner,
        HEAD
    ], minerInfoAnswer, {
        signal,
        idempotent: true
    });
}
/** @throws ChainCallFailed "deal N not found" when the market actor does not have it (any more) */ export async function marketStorageDeal(client, dealId, signal) {
    return client.call('StateMarketStorageDeal', [
        dealId,
        HEAD
    ], marketDealAnswer, {
        signal,
        idempotent: true
    });
}
/** The same for many in one request; null from a node that takes no batches. */ export async function marketStorageDeals(client, dealIds, signal) {
    const params = dealIds.map((id)=>[
            id,
            HEAD
        ]);
    return client.callMany('StateMarketStorageDeal', params, marketDealAnswer, {
        signal
    });
}
/** attoFIL that lie in the market: `escrow` in all, `locked` by deals that run. */ export async function marketBalance(client, address, signal) {
    const { Escrow, Locked } = await client.call('StateMarketBalance', [
        address,
        HEAD
    ], marketBalanceAnswer, {
        signal,
        idempotent: true
    });
    return {
        escrow: Escrow,
        locked: Locked
    };
}
/** Bytes of DataCap, or null for a wallet that has none. */ export async function verifiedClientStatus(client, address, signal) {
    return client.call('StateVerifiedClientStatus', [
        address,
        HEAD
    ], wireBigInt.nullable(), {
        signal,
        idempotent: true
    });
}

//# sourceMappingURL=state.calls.js.map
