import { Injectable } from '@nestjs/common';
import { ChainCallFailed, ChainSource } from '../../chain/index.js';
import { AppConfig } from '../../config/index.js';
import { AppLogger } from '../../platform/logging/index.js';
import { minerId, type MinerId } from '../../shared/index.js';
import { MinerStore } from '../ports/miner-store.port.js';
import { RefreshMiner } from './refresh-miner.js';

const AT_ONCE = 8;

export interface Refreshed {
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
    private readonly refresh: RefreshMiner,
    private readonly config: AppConfig,
    private readonly logger: AppLogger,
  ) {}

  /** @throws ChainUnavailable when the node cannot be asked: what one miner does or does not is never thrown. */
  async run(signal?: AbortSignal): Promise<Refreshed> {
    const waiting = await this.whom(signal);
    const miners = waiting.length;
    let answered = 0;
    const worker = async () => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        signal?.throwIfAborted();
        if (await this.one(next, signal)) answered += 1;
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    return { miners, answered };
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
    return [...new Set([...listed, ...known])];
  }

  private async one(address: MinerId, signal?: AbortSignal): Promise<boolean> {
    try {
      return await this.refresh.run(address, signal);
    } catch (error) {
      if (!(error instanceof ChainCallFailed)) throw error;
      this.logger.warn({ miner: address, error: error.message }, 'the chain does not tell about a miner');
      return false;
    }
  }
}
