import {
  ChainCallFailed,
  ChainSource,
  type ChainHead,
  type MarketDeal,
  type MinerOnChain,
  type WalletFacts,
} from '../../chain/index.js';
import PQueue from 'p-queue';
import { DomainError, minerId, type MinerId } from '../../shared/index.js';
import {
  blockDelaySeconds,
  chainHead,
  genesis,
  networkName,
  nodeVersion,
  walletBalance,
  walletDefaultAddress,
} from './calls/chain.calls.js';
import {
  listMiners,
  marketBalance,
  marketStorageDeal,
  marketStorageDeals,
  minerInfo,
  verifiedClientStatus,
  type WireMarketDeal,
} from './calls/state.calls.js';
import type { LotusClient } from './lotus-client.js';
import { readableAddresses } from './miner-addresses.js';

/** Deals that one request asks for; fewer than the smallest are asked one by one. */
const BATCH = 250;
const SMALLEST_BATCH = 17;
const AT_ONCE = 8;
/** A node that took no batch is asked one by one for so many of them before it is tried again. */
const BATCHES_WITHOUT = 1_000;

/** Facts from a Lotus node (any version: these methods outlived the deal methods). */
export class LotusChainSource extends ChainSource {
  /** Neither changes while a network lives. */
  private network: string | undefined;
  /** Batches that are still asked one by one. */
  private batchless = 0;
  private knownTiming: { genesis: Date; blockDelaySeconds: number } | undefined;

  constructor(private readonly client: LotusClient) {
    super();
  }

  /** `ChainHead`; the network's name is asked for once. */
  async head(signal?: AbortSignal): Promise<ChainHead> {
    const [head, network] = await Promise.all([chainHead(this.client, signal), this.networkName(signal)]);
    return { ...head, network };
  }

  /**
   * `ChainGetGenesis` and `Version`, or `StateGetNetworkParams` for nodes whose `Version` leaves the block delay out.
   * Asked for once.
   */
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

  /** `StateMarketStorageDeal`. Null by the node's own words alone ("deal 1 not found"); any other failure is thrown. */
  async marketDeal(chainDealId: bigint, signal?: AbortSignal): Promise<MarketDeal | null> {
    try {
      return dealOf(chainDealId, await marketStorageDeal(this.client, chainDealId, signal));
    } catch (error) {
      if (isUnknownDeal(error)) return null;
      throw error;
    }
  }

  /**
   * 250 at a time in one JSON-RPC batch; one by one, eight at once, from a node that takes none.
   * @throws ChainUnavailable, ChainUnauthorized: what is wrong with all of them
   */
  async marketDeals(
    chainDealIds: readonly bigint[],
    signal?: AbortSignal,
  ): Promise<ReadonlyMap<bigint, MarketDeal | null>> {
    const found = new Map<bigint, MarketDeal | null>();
    for (let at = 0; at < chainDealIds.length; at += BATCH) {
      const ids = chainDealIds.slice(at, at + BATCH);
      const answers = (await this.batch(ids, signal)) ?? (await this.oneByOne(ids, signal));
      for (const [index, id] of ids.entries()) {
        const answer = answers[index];
        if (answer === undefined || (answer instanceof DomainError && !isUnknownDeal(answer))) continue;
        found.set(id, answer instanceof DomainError ? null : dealOf(id, answer));
      }
    }
    return found;
  }

  /** Null: too few to be worth it, or a node that takes no batches; then it is not tried again for a while. */
  private async batch(ids: readonly bigint[], signal?: AbortSignal): Promise<(WireMarketDeal | DomainError)[] | null> {
    if (ids.length < SMALLEST_BATCH || this.batchless > 0) {
      this.batchless -= ids.length < SMALLEST_BATCH ? 0 : 1;
      return null;
    }
    const answers = await marketStorageDeals(this.client, ids, signal);
    if (answers === null) this.batchless = BATCHES_WITHOUT;
    return answers;
  }

  /** @throws ChainUnavailable, ChainUnauthorized: what is wrong with all of them */
  private async oneByOne(ids: readonly bigint[], signal?: AbortSignal): Promise<(WireMarketDeal | DomainError)[]> {
    const queue = new PQueue({ concurrency: AT_ONCE });
    return queue.addAll(
      ids.map((id) => async () => {
        try {
          return await marketStorageDeal(this.client, id, signal);
        } catch (error) {
          if (error instanceof ChainCallFailed) return error;
          throw error;
        }
      }),
    );
  }

  /** `StateListMiners`, in the order and spelling of the node. */
  async listMiners(signal?: AbortSignal): Promise<MinerId[]> {
    return (await listMiners(this.client, signal)).map(minerId);
  }

  /** `StateMinerInfo`. Multiaddrs that cannot be read are left out. */
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

  /** `WalletDefaultAddress`, then `WalletBalance`, `StateMarketBalance` and `StateVerifiedClientStatus` at once. */
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

  /** `Version`. */
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

/** The market actor's own "no such deal", as Lotus words it. */
function isUnknownDeal(error: unknown): boolean {
  return error instanceof ChainCallFailed && /deal \d+ not found/i.test(error.message);
}

function dealOf(chainDealId: bigint, { Proposal, State }: WireMarketDeal): MarketDeal {
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
}
