import { Injectable } from '@nestjs/common';
import { ChainSource } from '../../chain/index.js';
import { Clock, type MinerId } from '../../shared/index.js';
import { httpUrlOf } from '../domain/http-url.js';
import { AskNotAnswered } from '../domain/miners.errors.js';
import { AskSource } from '../ports/ask-source.port.js';
import { MinerStore } from '../ports/miner-store.port.js';

/** Looks one miner up on chain and asks for its price. A miner that does not answer is noted as such, and is no failure of ours. */
@Injectable()
export class RefreshMiner {
  constructor(
    private readonly chain: ChainSource,
    private readonly asks: AskSource,
    private readonly miners: MinerStore,
    private readonly clock: Clock,
  ) {}

  /** Whether the miner told its price. */
  async run(address: MinerId, signal?: AbortSignal): Promise<boolean> {
    const { peerId, addresses, owner, worker } = await this.chain.miner(address, signal);
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
}
