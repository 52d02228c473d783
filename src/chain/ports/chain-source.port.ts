import type { AttoFil, Epoch, MinerId } from '../../shared/index.js';

/** How far the chain is, as the node sees it: it may lag. */
export interface ChainHead {
  height: Epoch;
  /** Seconds since 1970 of the head's block. */
  timestamp: number;
  network: string;
}

/** A deal as the chain's market actor has it; -1 in Lotus' answers is null here. */
export interface MarketDeal {
  chainDealId: bigint;
  pieceCid: string;
  pieceSize: bigint;
  provider: MinerId;
  client: string;
  startEpoch: Epoch;
  endEpoch: Epoch;
  pricePerEpoch: AttoFil;
  verified: boolean;
  sectorStartEpoch: Epoch | null;
  lastUpdatedEpoch: Epoch | null;
  slashEpoch: Epoch | null;
  label: string;
}

/** A miner as its record on chain says. */
export interface MinerOnChain {
  address: MinerId;
  peerId: string | null;
  /** Multiaddrs as text. */
  addresses: string[];
  owner: string;
  worker: string;
}

/** The wallet that pays for deals. */
export interface WalletFacts {
  address: string;
  /** In the wallet itself. */
  balance: AttoFil;
  /** In the market: all, and what running deals have locked of it. */
  escrow: AttoFil;
  locked: AttoFil;
  /** Bytes, or null without DataCap. */
  dataCap: bigint | null;
}

/** Facts from a Filecoin node. Every method throws ChainUnavailable (retryable) when the node cannot be asked. */
export abstract class ChainSource {
  /** The newest tip set that the node has. */
  abstract head(signal?: AbortSignal): Promise<ChainHead>;
  /** Genesis time and block delay in seconds. */
  abstract timing(signal?: AbortSignal): Promise<{ genesis: Date; blockDelaySeconds: number }>;
  /** Null when the market actor does not know the id (any more). */
  abstract marketDeal(chainDealId: bigint, signal?: AbortSignal): Promise<MarketDeal | null>;
  /**
   * Many at once, in as few questions as the node allows. One that the node would not tell of is left out, and nothing
   * is known of it; null is the market actor's own "no such deal".
   */
  abstract marketDeals(
    chainDealIds: readonly bigint[],
    signal?: AbortSignal,
  ): Promise<ReadonlyMap<bigint, MarketDeal | null>>;
  /** Every miner that the chain has: thousands on mainnet. */
  abstract listMiners(signal?: AbortSignal): Promise<MinerId[]>;
  /** @throws ChainCallFailed when the chain knows no such miner */
  abstract miner(address: MinerId, signal?: AbortSignal): Promise<MinerOnChain>;
  /** Of the client's wallet: attoFIL in it and in the market, DataCap. */
  abstract wallet(signal?: AbortSignal): Promise<WalletFacts>;
  /** Of the node's software, as it says it. */
  abstract version(signal?: AbortSignal): Promise<string>;
}
