import { CID } from 'multiformats/cid';
import type { Miner, Roster } from '../miners/roster.js';
import type { BlockFinder } from '../storage/block-finder.js';

/** A CID as Lotus writes it in JSON. */
export interface JsonLink {
  '/': string;
}

/** Lotus' `QueryOffer`. */
export interface QueryOffer {
  Err: string;
  Root: JsonLink;
  Piece: JsonLink | null;
  Size: number;
  MinPrice: string;
  UnsealPrice: string;
  PricePerByte: string;
  PaymentInterval: number;
  PaymentIntervalIncrease: number;
  Miner: string;
  MinerPeer: { Address: string; ID: string; PieceCID: JsonLink | null };
}

/** attoFIL. */
const UNSEAL_PRICE_PER_MIB = 10n ** 12n;

/** What miners would ask for giving data back. Unsealed copies are free; sealed ones cost their unsealing. */
export class Offers {
  constructor(
    private readonly roster: Roster,
    private readonly blocks: BlockFinder,
  ) {}

  /** One offer of each reachable miner that holds the root, of the piece asked for when one is named. */
  all(root: string, piece?: string): QueryOffer[] {
    const cid = CID.parse(root);
    return this.blocks
      .holders(cid.multihash.bytes)
      .filter((holder) => !piece || holder.pieceCid === piece)
      .flatMap((holder) => {
        const miner = this.roster.find(holder.miner);
        return miner && this.roster.character(miner) !== 'down' ? [this.offer(miner, root, holder.pieceCid)] : [];
      });
  }

  /**
   * The offer of one miner; when it does not hold the root, an offer with `Err` set, as Lotus does. @throws Error for
   * an unknown miner or one that is down.
   */
  one(address: string, root: string, piece?: string): QueryOffer {
    const miner = this.roster.find(address);
    if (!miner) throw new Error(`failed to load miner actor: actor ${address} not found: actor not found`);
    if (this.roster.character(miner) === 'down')
      throw new Error(`failed to open stream to miner: failed to dial ${miner.peerId}: all dials failed`);
    const found = this.all(root, piece).find((offer) => offer.Miner === miner.address);
    return (
      found ?? {
        ...this.offer(miner, root, undefined),
        Err: `retrieval query offer was unavailable: ${miner.address} does not hold ${root}`,
      }
    );
  }

  private offer(miner: Miner, root: string, pieceCid: string | undefined): QueryOffer {
    const size = (pieceCid && this.blocks.piece(pieceCid, miner.address)?.size) || 0;
    const unseal =
      this.roster.character(miner) === 'sealed-only'
        ? UNSEAL_PRICE_PER_MIB * BigInt(Math.max(1, Math.ceil(size / 2 ** 20)))
        : 0n;
    const piece = pieceCid ? { '/': pieceCid } : null;
    return {
      Err: '',
      Root: { '/': root },
      Piece: piece,
      Size: size,
      MinPrice: String(unseal),
      UnsealPrice: String(unseal),
      PricePerByte: '0',
      PaymentInterval: 1_048_576,
      PaymentIntervalIncrease: 1_048_576,
      Miner: miner.address,
      MinerPeer: { Address: miner.address, ID: miner.peerId, PieceCID: piece },
    };
  }
}
