import { Inject, Injectable } from '@nestjs/common';
import { ChainFacts, type FilPrice } from '../../chain/index.js';
import { AppConfig } from '../../config/index.js';
import { type AttoFil, type MinerId, paddedPieceSize } from '../../shared/index.js';
import { dealCost } from '../domain/deal.js';
import { NoMinerFits } from '../domain/deals.errors.js';
import { ChooseMiners } from '../../miners/index.js';

interface EstimateRequest {
  /** Bytes of content. */
  size: bigint;
  replication?: number | undefined;
  /** Epochs. */
  duration?: number | undefined;
  verified?: boolean | undefined;
}

export interface Estimate {
  /** Padded bytes of one piece that holds it all. */
  pieceSize: bigint;
  /** Epochs. */
  duration: number;
  verified: boolean;
  /** Deals asked for; `asks` has fewer when fewer miners fit. */
  wanted: number;
  /** attoFIL for all of `asks`. */
  total: AttoFil;
  asks: {
    miner: MinerId;
    price: AttoFil;
    verifiedPrice: AttoFil;
    minPieceSize: bigint;
    maxPieceSize: bigint;
    cost: AttoFil;
  }[];
  filPrice: FilPrice | null;
}

/**
 * What deals for so many bytes would cost now, with miners that would be chosen now. Nothing is promised to anybody.
 */
@Injectable()
export class EstimateDeals {
  constructor(
    @Inject(ChooseMiners) private readonly chooseMiners: Pick<ChooseMiners, 'run'>,
    private readonly chainFacts: ChainFacts,
    private readonly config: AppConfig,
  ) {}

  /** @throws NoMinerFits with everybody's reason */
  async run(request: EstimateRequest): Promise<Estimate> {
    const { DEALS_REPLICATION, DEALS_DURATION, DEALS_VERIFIED, DEALS_MAX_PRICE, DEALS_MAX_VERIFIED_PRICE } =
      this.config.values;
    const pieceSize = paddedPieceSize(request.size);
    const wanted = request.replication ?? DEALS_REPLICATION;
    const duration = request.duration ?? DEALS_DURATION;
    const verified = request.verified ?? DEALS_VERIFIED;
    const { chosen, unfit } = await this.chooseMiners.run({
      pieceSize,
      verified,
      maxPrice: verified ? DEALS_MAX_VERIFIED_PRICE : DEALS_MAX_PRICE,
      count: wanted,
      exclude: [],
      rehearsal: true,
    });
    if (chosen.length === 0)
      throw new NoMinerFits('no miner fits now', {
        details: { unfit: unfit.slice(0, 50).map(({ miner, reason }) => `${miner}: ${reason}`) },
      });
    const asks = chosen.map(({ miner, ask }) => {
      const { price, verifiedPrice, minPieceSize, maxPieceSize } = ask;
      return {
        miner,
        price,
        verifiedPrice,
        minPieceSize,
        maxPieceSize,
        cost: dealCost(verified ? verifiedPrice : price, pieceSize, minPieceSize, duration),
      };
    });
    return {
      pieceSize,
      duration,
      verified,
      wanted,
      total: asks.reduce((sum, { cost }) => sum + cost, 0n),
      asks,
      filPrice: this.chainFacts.filPrice(),
    };
  }
}
