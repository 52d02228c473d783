import { idAddress } from './addresses.js';
import { chainCid, json } from './cids.js';
/** Stands wherever a real block holds a proof or a signature. */ const BYTES = Buffer.from('devnet (simulated)').toString('base64');
/** Tipsets of one block each. Their CIDs follow from the seed and the height; there is no state tree behind them. */ export class TipSets {
    constructor(seed, clock){
        this.seed = seed;
        this.clock = clock;
    }
    /** Of any height, also one that has not come: callers check. */ at(height) {
        return {
            Cids: [
                json(this.cid(height))
            ],
            Blocks: [
                this.block(height)
            ],
            Height: height
        };
    }
    head() {
        return this.at(this.clock.height);
    }
    key(height) {
        return [
            json(this.cid(height))
        ];
    }
    cid(height) {
        return chainCid([
            'devnet/tipset',
            this.seed,
            height
        ]);
    }
    block(height) {
        const part = (name)=>json(chainCid([
                `devnet/${name}`,
                this.seed,
                height
            ]));
        return {
            Miner: idAddress(1000),
            Ticket: {
                VRFProof: BYTES
            },
            ElectionProof: {
                WinCount: 1,
                VRFProof: BYTES
            },
            BeaconEntries: [],
            WinPoStProof: [],
            Parents: height === 0 ? [] : this.key(height - 1),
            ParentWeight: String(height * 100),
            Height: height,
            ParentStateRoot: part('state'),
            ParentMessageReceipts: part('receipts'),
            Messages: part('messages'),
            BLSAggregate: {
                Type: 2,
                Data: BYTES
            },
            Timestamp: this.clock.timestamp(height),
            BlockSig: {
                Type: 2,
                Data: BYTES
            },
            ForkSignaling: 0,
            ParentBaseFee: '100'
        };
    }
}

//# sourceMappingURL=tipsets.js.map
