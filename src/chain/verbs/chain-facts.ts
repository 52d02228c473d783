import { setTimeout } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { AppConfig } from '../../config/index.js';
import { Clock } from '../../shared/index.js';
import { CachedFact, type Aged } from '../domain/cached-fact.js';
import { EpochClock } from '../domain/epoch-clock.js';
import { ChainSource, type ChainHead, type MarketDeal, type WalletFacts } from '../ports/chain-source.port.js';

/** The head is read again after one epoch, and at least this often. */
const HEAD_FRESH_MS = 5_000;
/** A head older than this misleads; then the node's failure is the better answer. */
const HEAD_KEEP_MS = 60_000;
/** How long a page waits for the chain's clock, which is nearly always at hand. */
const PAGE_WAIT_MS = 500;
/** Does not change while a network lives. */
const TIMING = { freshMs: Infinity, keepMs: Infinity };
const WALLET = { freshMs: 10_000, keepMs: 300_000 };
const VERSION = { freshMs: 300_000, keepMs: 3_600_000 };

/** What a FIL costs, and how we know. */
export interface FilPrice {
  /** US dollars, decimal text. */
  usd: string;
  source: string;
  at: Date;
  ageMs: number;
}

/**
 * What the chain says, asked once for many: facts come at once with their age, and are read again behind the scenes.
 * Who spends money or decides about a deal asks `ChainSource` itself.
 */
@Injectable()
export class ChainFacts {
  private heads: Promise<CachedFact<ChainHead>> | undefined;
  private readonly wallets: CachedFact<WalletFacts>;
  private readonly versions: CachedFact<string>;
  private readonly timings: CachedFact<{ genesis: Date; blockDelaySeconds: number }>;
  private readonly since: Date;

  constructor(
    private readonly source: ChainSource,
    private readonly config: AppConfig,
    private readonly clock: Clock,
  ) {
    this.wallets = new CachedFact(() => source.wallet(), WALLET, clock);
    this.timings = new CachedFact(() => source.timing(), TIMING, clock);
    this.since = clock.now();
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

  /** Dates of epochs, as of the head. @throws ChainUnavailable */
  async epochClock(): Promise<EpochClock> {
    const [head, timing] = await Promise.all([this.head(), this.timings.get()]);
    return new EpochClock(head.value, timing.value.blockDelaySeconds);
  }

  /**
   * The same for a page, which is better without dates than not there: null while the chain cannot be asked, or is
   * slower than `waitMs`.
   */
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

  /** The client's wallet, at most five minutes old. @throws ChainUnavailable */
  async wallet(): Promise<Aged<WalletFacts>> {
    return this.wallets.get();
  }

  /** Of the node's software. */
  async nodeVersion(): Promise<Aged<string>> {
    return this.versions.get();
  }

  /**
   * The price that an operator wrote into FIL_USD, as old as this process; null when nobody knows: no number is better
   * than a made-up one.
   */
  filPrice(): FilPrice | null {
    const usd = this.config.values.FIL_USD;
    const ageMs = this.clock.now().getTime() - this.since.getTime();
    return usd === undefined ? null : { usd, source: 'FIL_USD (set by the operator)', at: this.since, ageMs };
  }

  private async headFact(): Promise<CachedFact<ChainHead>> {
    this.heads ??= this.timings
      .get()
      .then(
        ({ value: { blockDelaySeconds } }) =>
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
}
