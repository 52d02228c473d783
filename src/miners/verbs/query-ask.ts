import { Injectable } from '@nestjs/common';
import { Clock, type MinerId } from '../../shared/index.js';
import { MinerNotFound } from '../domain/miners.errors.js';
import { AskSource, type Ask } from '../ports/ask-source.port.js';
import { MinerStore } from '../ports/miner-store.port.js';

/** A miner's price, asked now. Only of miners on record: strangers cannot make us dial whom they like. */
@Injectable()
export class QueryAsk {
  constructor(
    private readonly miners: MinerStore,
    private readonly asks: AskSource,
    private readonly clock: Clock,
  ) {}

  /** @throws MinerNotFound, AskNotAnswered */
  async run(address: MinerId, signal?: AbortSignal): Promise<Ask> {
    if (!(await this.miners.find(address))) throw new MinerNotFound(`no record of miner ${address}`);
    const ask = await this.asks.ask(address, signal);
    await this.miners.heardAsk(address, ask, this.clock.now());
    return ask;
  }
}
