import { z } from 'zod';
import { wireBigInt } from './wire-shapes.js';
const tipSet = z.object({
    Height: z.number().int(),
    Blocks: z.array(z.object({
        Timestamp: z.number()
    })).nullable()
});
const version = z.object({
    Version: z.string(),
    BlockDelay: z.number().optional()
});
const networkParams = z.object({
    BlockDelaySecs: z.number()
});
function read({ Height, Blocks }) {
    return {
        height: Height,
        timestamp: Blocks?.[0]?.Timestamp ?? 0
    };
}
/** The newest tip set that the node has. */ export async function chainHead(client, signal) {
    return read(await client.call('ChainHead', [], tipSet, {
        signal,
        idempotent: true
    }));
}
export async function genesis(client, signal) {
    return read(await client.call('ChainGetGenesis', [], tipSet, {
        signal,
        idempotent: true
    }));
}
/** `mainnet`, `calibrationnet`, or what a private network calls itself. */ export async function networkName(client, signal) {
    return client.call('StateNetworkName', [], z.string(), {
        signal,
        idempotent: true
    });
}
/** Of the node's software; the seconds between blocks where this version tells them. */ export async function nodeVersion(client, signal) {
    const answer = await client.call('Version', [], version, {
        signal,
        idempotent: true
    });
    return {
        version: answer.Version,
        blockDelaySeconds: answer.BlockDelay || null
    };
}
/** Newer nodes leave the block delay out of Version. */ export async function blockDelaySeconds(client, signal) {
    return (await client.call('StateGetNetworkParams', [], networkParams, {
        signal,
        idempotent: true
    })).BlockDelaySecs;
}
/** The wallet that pays. @throws ChainCallFailed when the node has none */ export async function walletDefaultAddress(client, signal) {
    return client.call('WalletDefaultAddress', [], z.string().min(1), {
        signal,
        idempotent: true
    });
}
/** attoFIL outside the market. */ export async function walletBalance(client, address, signal) {
    return client.call('WalletBalance', [
        address
    ], wireBigInt, {
        signal,
        idempotent: true
    });
}

//# sourceMappingURL=chain.calls.js.map
