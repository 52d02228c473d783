import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import PQueue from 'p-queue';
import { ChainCallFailed, ChainSource } from '../../chain/index.js';
import { AppConfig } from '../../config/index.js';
import { AppLogger } from '../../platform/logging/index.js';
import { Clock, minerId, type MinerId, spelledLike, spellings } from '../../shared/index.js';
import { httpUrlOf } from '../domain/miner.js';
import { AskNotAnswered, MinerNotFound } from '../domain/miners.errors.js';
import { type Ask, AskSource } from '../ports/ask-source.port.js';
import { MinerStore } from '../ports/miner-store.port.js';

const AT_ONCE = 8;
/** Strangers may have a miner asked: what it said, or that it said nothing, is not asked again before. */
const FRESH_MS = 30_000;

/** Asks about one miner, and writes down what was heard. */
@Injectable()
export class RefreshMiner {
  /** Questions on somebody's behalf: those that run, and those whose answer is fresh. */
  private readonly asked: LRUCache<MinerId, Promise<Ask>>;

  constructor(
    private readonly chain: ChainSource,
    private readonly asks: AskSource,
    private readonly miners: MinerStore,
    private readonly clock: Clock,
  ) {
    this.asked = new LRUCache<MinerId, Promise<Ask>>({
      max: 10_000,
      ttl: FRESH_MS,
      ttlResolution: 0,
      perf: { now: () => clock.now().getTime() },
    });
  }

  /**
   * Looks a miner up on chain and asks for its price. Whether it told it: a miner that does not answer is noted as
   * such, and is no failure of ours.
   * @throws ChainCallFailed when the chain does not know it, ChainUnavailable
   */
  async run(asked: MinerId, signal?: AbortSignal): Promise<boolean> {
    const { peerId, addresses, owner, worker } = await this.chain.miner(asked, signal);
    // A miner keeps the letter that it is on record with; a new one gets the chain's.
    const address = (await this.miners.find(asked))?.address ?? spelledLike(asked, owner);
    await this.miners.record({ address, peerId, addresses, owner, worker, httpUrl: httpUrlOf(addresses) });
    try {
      await this.miners.heardAsk(address, await this.asks.ask(address, signal), this.clock.now());
      return true;
    } catch (error) {
      if (!(error instanceof AskNotAnswered)) throw error;
      await this.miners.missedAsk(address, error.message, this.clock.now());
      return false;
    }
  }

  /**
   * A miner's price, at most half a minute old: however many ask, a miner is asked once in that time, also when it does
   * not answer. Only of miners on record: strangers cannot make us dial whom they like.
   * @throws MinerNotFound, AskNotAnswered
   */
  async ask(named: MinerId): Promise<Ask> {
    const miner = await this.miners.find(named);
    if (!miner) throw new MinerNotFound(`no record of miner ${named}`);
    const { address } = miner;
    // What another process heard counts, too.
    if (miner.ask && miner.askError === null && this.clock.now().getTime() - miner.ask.seenAt.getTime() < FRESH_MS)
      return miner.ask;
    const known = this.asked.get(address);
    if (known) return known;
    const asking = this.askNow(address);
    this.asked.set(address, asking);
    return asking;
  }

  private async askNow(address: MinerId): Promise<Ask> {
    try {
      const ask = await this.asks.ask(address);
      await this.miners.heardAsk(address, ask, this.clock.now());
      return ask;
    } catch (error) {
      // That our own node was away says nothing of the miner.
      if (!(error instanceof AskNotAnswered)) this.asked.delete(address);
      throw error;
    }
  }
}

interface Refreshed {
  miners: number;
  /** Of them, those that told their price. */
  answered: number;
}

/** Finds the miners of this network and brings our records of them up to date. */
@Injectable()
export class RefreshMiners {
  constructor(
    private readonly chain: ChainSource,
    private readonly miners: MinerStore,
    private readonly refreshMiner: RefreshMiner,
    private readonly config: AppConfig,
    private readonly logger: AppLogger,
  ) {}

  /** @throws ChainUnavailable when the node cannot be asked: what one miner does or does not is never thrown. */
  async run(signal?: AbortSignal): Promise<Refreshed> {
    const found = await this.whom(signal);
    const queue = new PQueue({ concurrency: AT_ONCE });
    const answers = await queue.addAll(
      found.map((address) => async () => {
        signal?.throwIfAborted();
        return this.one(address, signal);
      }),
    );
    return { miners: found.length, answered: answers.filter(Boolean).length };
  }

  private async whom(signal?: AbortSignal): Promise<MinerId[]> {
    const { MINERS_ALLOW, MINERS_DISCOVER_LIMIT } = this.config.values;
    if (MINERS_ALLOW.length > 0) return MINERS_ALLOW.map(minerId);
    const known = (await this.miners.list()).map(({ address }) => address);
    const listed = await this.chain.listMiners(signal);
    if (listed.length > MINERS_DISCOVER_LIMIT) {
      this.logger.warn(
        { listed: listed.length, known: known.length },
        'the chain has more miners than MINERS_DISCOVER_LIMIT: only known ones are looked at; name some in MINERS_ALLOW or add them',
      );
      return known;
    }
    const onRecord = new Set(known.flatMap(spellings));
    return [...known, ...listed.filter((address) => !onRecord.has(address))];
  }

  private async one(address: MinerId, signal?: AbortSignal): Promise<boolean> {
    try {
      return await this.refreshMiner.run(address, signal);
    } catch (error) {
      if (!(error instanceof ChainCallFailed)) throw error;
      this.logger.warn({ miner: address, error: error.message }, 'the chain does not tell about a miner');
      return false;
    }
  }
}
