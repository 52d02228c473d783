import { CID } from 'multiformats/cid';
import { marketCid } from '../chain/cids.js';
/**
 * The CID by which client and miner name the proposal. Go encodes a proposal as a tuple with its numbers of FIL as
 * big-endian bytes behind a sign byte.
 */ export function proposalCid(proposal) {
    return marketCid([
        CID.parse(proposal.pieceCid),
        proposal.pieceSize,
        proposal.verified,
        proposal.client,
        proposal.provider,
        proposal.label,
        proposal.startEpoch,
        proposal.endEpoch,
        amount(proposal.pricePerEpoch),
        amount(proposal.providerCollateral),
        amount(proposal.clientCollateral)
    ]).toString();
}
/** Go's big.Int in CBOR: no bytes for zero. */ function amount(value) {
    if (value === 0n) return new Uint8Array(0);
    const hex = value.toString(16);
    return Uint8Array.of(0, ...Buffer.from(hex.length % 2 ? `0${hex}` : hex, 'hex'));
}

//# sourceMappingURL=proposal.js.map
