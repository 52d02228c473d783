import { minerId, type Epoch, type MinerId } from '../../shared/index.js';
import { ChainCallFailed, ChainUnavailable } from '../domain/chain.errors.js';
import {
  ChainSource,
  type ChainHead,
  type MarketDeal,
  type MinerOnChain,
  type WalletFacts,
} from '../ports/chain-source.port.js';

export interface ScriptedChainOptions {
  miners?: MinerOnChain[];
  height?: Epoch;
  network?: string;
  genesis?: Date;
  blockDelaySeconds?: number;
  /** Heads bear this time; without it they are reckoned from genesis. */
  now?: () => Date;
}

/** A miner's entry with everything filled in. */
export function minerOnChain(address: string, over: Partial<MinerOnChain> = {}): MinerOnChain {
  return {
    address: minerId(address),
    peerId: `12D3KooW${address}`,
    addresses: ['/ip4/127.0.0.1/tcp/8080/http'],
    owner: 't0100',
    worker: 't0101',
    ...over,
  };
}

export function marketDeal(over: Partial<MarketDeal> & Pick<MarketDeal, 'chainDealId'>): MarketDeal {
  return {
    pieceCid: 'baga6ea4seaqao7s73y24kcutaosvacpdjgfe5pw76ooefnyqw4ynr3d2y6x2mpq',
    pieceSize: 2048n,
    provider: minerId('t01000'),
    client: 't1client',
    startEpoch: 100,
    endEpoch: 600,
    pricePerEpoch: 0n,
    verified: false,
    sectorStartEpoch: null,
    lastUpdatedEpoch: null,
    slashEpoch: null,
    label: '',
    ...over,
  };
}

/** A chain in memory: tests turn its hands. `down = true` makes every answer ChainUnavailable. */
export class ScriptedChainSource extends ChainSource {
  down = false;
  /** How often each method was asked. */
  readonly asked = new Map<string, number>();
  height: Epoch;
  network: string;
  readonly miners: Map<MinerId, MinerOnChain>;
  readonly deals = new Map<bigint, MarketDeal>();
  /** Deals that a question about many is answered with an error for. */
  readonly silentAbout = new Set<bigint>();
  /** How old the head's block is, where the chain has a clock. */
  headAgeSeconds = 0;
  walletFacts: WalletFacts = {
    address: 't1client',
    balance: 10n ** 20n,
    escrow: 10n ** 18n,
    locked: 0n,
    dataCap: null,
  };
  private readonly genesis: Date;
  private readonly blockDelaySeconds: number;
  private readonly now: (() => Date) | undefined;

  constructor(options: ScriptedChainOptions = {}) {
    super();
    this.height = options.height ?? 100;
    this.network = options.network ?? 'scripted';
    this.genesis = options.genesis ?? new Date('2026-01-01T00:00:00Z');
    this.blockDelaySeconds = options.blockDelaySeconds ?? 30;
    this.now = options.now;
    this.miners = new Map(
      (options.miners ?? [minerOnChain('t01000'), minerOnChain('t01001')]).map((miner) => [miner.address, miner]),
    );
  }

  /** Puts a deal on the chain, or changes the one that is there. */
  putDeal(deal: Partial<MarketDeal> & Pick<MarketDeal, 'chainDealId'>): MarketDeal {
    const before = this.deals.get(deal.chainDealId);
    const now = before ? { ...before, ...deal } : marketDeal(deal);
    this.deals.set(deal.chainDealId, now);
    return now;
  }

  async head(signal?: AbortSignal): Promise<ChainHead> {
    this.answer('head', signal);
    return {
      height: this.height,
      timestamp:
        this.now === undefined
          ? Math.floor(this.genesis.getTime() / 1000) + this.height * this.blockDelaySeconds
          : Math.floor(this.now().getTime() / 1000) - this.headAgeSeconds,
      network: this.network,
    };
  }

  async timing(signal?: AbortSignal): Promise<{ genesis: Date; blockDelaySeconds: number }> {
    this.answer('timing', signal);
    return { genesis: this.genesis, blockDelaySeconds: this.blockDelaySeconds };
  }

  async marketDeal(chainDealId: bigint, signal?: AbortSignal): Promise<MarketDeal | null> {
    this.answer('marketDeal', signal);
    return this.deals.get(chainDealId) ?? null;
  }

  async marketDeals(chainDealIds: readonly bigint[], signal?: AbortSignal): Promise<Map<bigint, MarketDeal | null>> {
    this.answer('marketDeals', signal);
    return new Map(
      chainDealIds.filter((id) => !this.silentAbout.has(id)).map((id) => [id, this.deals.get(id) ?? null]),
    );
  }

  async listMiners(signal?: AbortSignal): Promise<MinerId[]> {
    this.answer('listMiners', signal);
    return [...this.miners.keys()];
  }

  async miner(address: MinerId, signal?: AbortSignal): Promise<MinerOnChain> {
    this.answer('miner', signal);
    const found = this.miners.get(address);
    if (!found) throw new ChainCallFailed(`the chain knows no miner ${address}`);
    return found;
  }

  async wallet(signal?: AbortSignal): Promise<WalletFacts> {
    this.answer('wallet', signal);
    return this.walletFacts;
  }

  async version(signal?: AbortSignal): Promise<string> {
    this.answer('version', signal);
    return 'scripted-chain 1.0';
  }

  private answer(method: string, signal: AbortSignal | undefined): void {
    signal?.throwIfAborted();
    this.asked.set(method, (this.asked.get(method) ?? 0) + 1);
    if (this.down) throw new ChainUnavailable('the scripted chain is down');
  }
}
