import { CID } from 'multiformats/cid';
/** attoFIL. */ const UNSEAL_PRICE_PER_MIB = 10n ** 12n;
/** What miners would ask for giving data back. Unsealed copies are free; sealed ones cost their unsealing. */ export class Offers {
    constructor(roster, blocks){
        this.roster = roster;
        this.blocks = blocks;
    }
    /** One offer of each reachable miner that holds the root, of the piece asked for when one is named. */ all(root, piece) {
        const cid = CID.parse(root);
        return this.blocks.holders(cid.multihash.bytes).filter((holder)=>!piece || holder.pieceCid === piece).flatMap((holder)=>{
            const miner = this.roster.find(holder.miner);
            return miner && this.roster.character(miner) !== 'down' ? [
                this.offer(miner, root, holder.pieceCid)
            ] : [];
        });
    }
    /**
   * The offer of one miner; when it does not hold the root, an offer with `Err` set, as Lotus does. @throws Error for
   * an unknown miner or one that is down.
   */ one(address, root, piece) {
        const miner = this.roster.find(address);
        if (!miner) throw new Error(`failed to load miner actor: actor ${address} not found: actor not found`);
        if (this.roster.character(miner) === 'down') throw new Error(`failed to open stream to miner: failed to dial ${miner.peerId}: all dials failed`);
        const found = this.all(root, piece).find((offer)=>offer.Miner === miner.address);
        return found ?? {
            ...this.offer(miner, root, undefined),
            Err: `retrieval query offer was unavailable: ${miner.address} does not hold ${root}`
        };
    }
    offer(miner, root, pieceCid) {
        const size = pieceCid && this.blocks.piece(pieceCid, miner.address)?.size || 0;
        const unseal = this.roster.character(miner) === 'sealed-only' ? UNSEAL_PRICE_PER_MIB * BigInt(Math.max(1, Math.ceil(size / 2 ** 20))) : 0n;
        const piece = pieceCid ? {
            '/': pieceCid
        } : null;
        return {
            Err: '',
            Root: {
                '/': root
            },
            Piece: piece,
            Size: size,
            MinPrice: String(unseal),
            UnsealPrice: String(unseal),
            PricePerByte: '0',
            PaymentInterval: 1_048_576,
            PaymentIntervalIncrease: 1_048_576,
            Miner: miner.address,
            MinerPeer: {
                Address: miner.address,
                ID: miner.peerId,
                PieceCID: piece
            }
        };
    }
}

//# sourceMappingURL=offers.js.map
