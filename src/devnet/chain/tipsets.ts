import { CID } from 'multiformats/cid';
import { idAddress } from './addresses.js';
import { chainCid, json, type JsonCid } from './cids.js';
import type { EpochClock } from './epoch-clock.js';

/** Lotus' TipSet in JSON. */
export interface TipSet {
  Cids: JsonCid[];
  Blocks: object[];
  Height: number;
}

/** Stands wherever a real block holds a proof or a signature. */
const BYTES = Buffer.from('devnet (simulated)').toString('base64');

/** Tipsets of one block each. Their CIDs follow from the seed and the height; there is no state tree behind them. */
export class TipSets {
  constructor(
    private readonly seed: string,
    private readonly clock: EpochClock,
  ) {}

  /** Of any height, also one that has not come: callers check. */
  at(height: number): TipSet {
    return { Cids: [json(this.cid(height))], Blocks: [this.block(height)], Height: height };
  }

  /** Of the epoch that the clock shows now (Lotus `ChainHead`). */
  head(): TipSet {
    return this.at(this.clock.height);
  }

  /** Lotus' TipSetKey: the CIDs of its blocks, here one. */
  key(height: number): JsonCid[] {
    return [json(this.cid(height))];
  }

  private cid(height: number): CID {
    return chainCid(['devnet/tipset', this.seed, height]);
  }

  private block(height: number): object {
    const part = (name: string) => json(chainCid([`devnet/${name}`, this.seed, height]));
    return {
      Miner: idAddress(1000),
      Ticket: { VRFProof: BYTES },
      ElectionProof: { WinCount: 1, VRFProof: BYTES },
      BeaconEntries: [],
      WinPoStProof: [],
      Parents: height === 0 ? [] : this.key(height - 1),
      ParentWeight: String(height * 100),
      Height: height,
      ParentStateRoot: part('state'),
      ParentMessageReceipts: part('receipts'),
      Messages: part('messages'),
      BLSAggregate: { Type: 2, Data: BYTES },
      Timestamp: this.clock.timestamp(height),
      BlockSig: { Type: 2, Data: BYTES },
      ForkSignaling: 0,
      ParentBaseFee: '100',
    };
  }
}
