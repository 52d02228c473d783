import {
  ChainCallFailed,
  ChainSource,
  type ChainHead,
  type MarketDeal,
  type MinerOnChain,
  type WalletFacts,
} from '../../chain/index.js';
import { minerId, type MinerId } from '../../shared/index.js';
import {
  blockDelaySeconds,
  chainHead,
  genesis,
  networkName,
  nodeVersion,
  walletBalance,
  walletDefaultAddress,
} from './calls/chain.calls.js';
import { listMiners, marketBalance, marketStorageDeal, minerInfo, verifiedClientStatus } from './calls/state.calls.js';
import type { LotusClient } from './lotus-client.js';
import { readableAddresses } from './miner-addresses.js';

/** Facts from a Lotus node (any version: these methods outlived the deal methods). */
export class LotusChainSource extends ChainSource {
  /** Neither changes while a network lives. */
  private network: string | undefined;
  private knownTiming: { genesis: Date; blockDelaySeconds: number } | undefined;

  constructor(private readonly client: LotusClient) {
    super();
  }

  async head(signal?: AbortSignal): Promise<ChainHead> {
    const [head, network] = await Promise.all([chainHead(this.client, signal), this.networkName(signal)]);
    return { ...head, network };
  }

  async timing(signal?: AbortSignal): Promise<{ genesis: Date; blockDelaySeconds: number }> {
    signal?.throwIfAborted();
    if (this.knownTiming) return this.knownTiming;
    const [first, node] = await Promise.all([genesis(this.client, signal), nodeVersion(this.client, signal)]);
    this.knownTiming = {
      genesis: new Date(first.timestamp * 1000),
      blockDelaySeconds: node.blockDelaySeconds ?? (await blockDelaySeconds(this.client, signal)),
    };
    return this.knownTiming;
  }

  async marketDeal(chainDealId: bigint, signal?: AbortSignal): Promise<MarketDeal | null> {
    try {
      const { Proposal, State } = await marketStorageDeal(this.client, chainDealId, signal);
      return {
        chainDealId,
        pieceCid: Proposal.PieceCID,
        pieceSize: Proposal.PieceSize,
        provider: minerId(Proposal.Provider),
        client: Proposal.Client,
        startEpoch: Proposal.StartEpoch,
        endEpoch: Proposal.EndEpoch,
        pricePerEpoch: Proposal.StoragePricePerEpoch,
        verified: Proposal.VerifiedDeal,
        sectorStartEpoch: State.SectorStartEpoch,
        lastUpdatedEpoch: State.LastUpdatedEpoch,
        slashEpoch: State.SlashEpoch,
        label: typeof Proposal.Label === 'string' ? Proposal.Label : '',
      };
    } catch (error) {
      if (error instanceof ChainCallFailed && /deal \d+ not found/i.test(error.message)) return null;
      throw error;
    }
  }

  async listMiners(signal?: AbortSignal): Promise<MinerId[]> {
    return (await listMiners(this.client, signal)).map(minerId);
  }

  async miner(address: MinerId, signal?: AbortSignal): Promise<MinerOnChain> {
    const info = await minerInfo(this.client, address, signal);
    return {
      address,
      peerId: info.PeerId || null,
      addresses: readableAddresses(info.Multiaddrs ?? []),
      owner: info.Owner,
      worker: info.Worker,
    };
  }

  async wallet(signal?: AbortSignal): Promise<WalletFacts> {
    const address = await walletDefaultAddress(this.client, signal);
    const [balance, market, dataCap] = await Promise.all([
      walletBalance(this.client, address, signal),
      // A wallet that never put money into the market, or is new to the chain, is an error to Lotus and zero to us.
      marketBalance(this.client, address, signal).catch(whenUnknown({ escrow: 0n, locked: 0n })),
      verifiedClientStatus(this.client, address, signal).catch(whenUnknown(null)),
    ]);
    return { address, balance, ...market, dataCap };
  }

  async version(signal?: AbortSignal): Promise<string> {
    return (await nodeVersion(this.client, signal)).version;
  }

  private async networkName(signal?: AbortSignal): Promise<string> {
    return (this.network ??= await networkName(this.client, signal));
  }
}

function whenUnknown<T>(otherwise: T): (error: unknown) => T {
  return (error) => {
    if (error instanceof ChainCallFailed && /not found/i.test(error.message)) return otherwise;
    throw error;
  };
}
