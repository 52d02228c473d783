import type { AttoFil, Epoch, MinerId } from '../../shared/index.js';

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

export interface MinerOnChain {
  address: MinerId;
  peerId: string | null;
  /** Multiaddrs as text. */
  addresses: string[];
  owner: string;
  worker: string;
}

export interface WalletFacts {
  address: string;
  balance: AttoFil;
  escrow: AttoFil;
  locked: AttoFil;
  /** Bytes, or null without DataCap. */
  dataCap: bigint | null;
}

/** Facts from a Filecoin node. Every method throws ChainUnavailable (retryable) when the node cannot be asked. */
export abstract class ChainSource {
  abstract head(signal?: AbortSignal): Promise<ChainHead>;
  /** Genesis time and block delay in seconds. */
  abstract timing(signal?: AbortSignal): Promise<{ genesis: Date; blockDelaySeconds: number }>;
  /** Null when the market actor does not know the id (any more). */
  abstract marketDeal(chainDealId: bigint, signal?: AbortSignal): Promise<MarketDeal | null>;
  abstract listMiners(signal?: AbortSignal): Promise<MinerId[]>;
  abstract miner(address: MinerId, signal?: AbortSignal): Promise<MinerOnChain>;
  abstract wallet(signal?: AbortSignal): Promise<WalletFacts>;
  abstract version(signal?: AbortSignal): Promise<string>;
}
