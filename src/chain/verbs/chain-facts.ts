import { setTimeout } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Clock } from '../../shared/index.js';
import { CachedFact, type Aged } from '../domain/cached-fact.js';
import { EpochClock } from '../domain/epoch-clock.js';
import { ChainSource, type ChainHead, type MarketDeal, type WalletFacts } from '../ports/chain-source.port.js';
import { FilPriceSource, type FilPrice } from '../ports/fil-price-source.port.js';

/** The head is read again after one epoch, and at least this often. */
const HEAD_FRESH_MS = 5_000;
/** A head older than this misleads; then the node's failure is the better answer. */
const HEAD_KEEP_MS = 60_000;
/** How long a page waits for the chain's clock, which is nearly always at hand. */
const PAGE_WAIT_MS = 500;
const WALLET = { freshMs: 10_000, keepMs: 300_000 };
const VERSION = { freshMs: 300_000, keepMs: 3_600_000 };

/**
 * What the chain says, asked once for many: facts come at once with their age, and are read again behind the scenes.
 * Who spends money or decides about a deal asks `ChainSource` itself.
 */
@Injectable()
export class ChainFacts {
  private heads: Promise<CachedFact<ChainHead>> | undefined;
  private readonly wallets: CachedFact<WalletFacts>;
  private readonly versions: CachedFact<string>;
  private timing: Promise<{ genesis: Date; blockDelaySeconds: number }> | undefined;

  constructor(
    private readonly source: ChainSource,
    private readonly prices: FilPriceSource,
    private readonly clock: Clock,
  ) {
    this.wallets = new CachedFact(() => source.wallet(), WALLET, clock);
    this.versions = new CachedFact(() => source.version(), VERSION, clock);
  }

  /** @throws ChainUnavailable when the node cannot be asked and no head of the last minute is known. */
  async head(): Promise<Aged<ChainHead>> {
    return (await this.headFact()).get();
  }

  /** Whether the node answers now. @throws ChainUnavailable */
  async assertAnswering(): Promise<void> {
    await (await this.headFact()).fresh();
  }

  /** Dates of epochs, as of the head. */
  async epochClock(): Promise<EpochClock> {
    const [{ value }, { blockDelaySeconds }] = await Promise.all([this.head(), this.knownTiming()]);
    return new EpochClock(value, blockDelaySeconds);
  }

  /** The same for a page, which is better without dates than not there: null while the chain cannot be asked, or is slower than `waitMs`. */
  async epochClockOrNull(waitMs: number = PAGE_WAIT_MS): Promise<EpochClock | null> {
    const answered = new AbortController();
    const late = setTimeout(waitMs, null, { signal: answered.signal }).catch(() => null);
    try {
      return await Promise.race([this.epochClock().catch(() => null), late]);
    } finally {
      answered.abort();
    }
  }

  /** Not cached: deals are decided by it. */
  async marketDeal(chainDealId: bigint, signal?: AbortSignal): Promise<MarketDeal | null> {
    return this.source.marketDeal(chainDealId, signal);
  }

  async wallet(): Promise<Aged<WalletFacts>> {
    return this.wallets.get();
  }

  /** Of the node's software. */
  async nodeVersion(): Promise<Aged<string>> {
    return this.versions.get();
  }

  async filPrice(): Promise<(FilPrice & { ageMs: number }) | null> {
    const price = await this.prices.price();
    return price && { ...price, ageMs: this.clock.now().getTime() - price.at.getTime() };
  }

  private async headFact(): Promise<CachedFact<ChainHead>> {
    this.heads ??= this.knownTiming()
      .then(
        ({ blockDelaySeconds }) =>
          new CachedFact(
            () => this.source.head(),
            { freshMs: Math.min(blockDelaySeconds * 1000, HEAD_FRESH_MS), keepMs: HEAD_KEEP_MS },
            this.clock,
          ),
      )
      .catch((error: unknown) => {
        this.heads = undefined;
        throw error;
      });
    return this.heads;
  }

  /** Does not change while a network lives. */
  private async knownTiming(): Promise<{ genesis: Date; blockDelaySeconds: number }> {
    this.timing ??= this.source.timing().catch((error: unknown) => {
      this.timing = undefined;
      throw error;
    });
    return this.timing;
  }
}
