import { Injectable } from '@nestjs/common';
import { ChainCallFailed } from '../../chain/index.js';
import type { MinerId } from '../../shared/index.js';
import { NoSuchMiner } from '../domain/miners.errors.js';
import { MinerStore } from '../ports/miner-store.port.js';
import { RefreshMiner } from './refresh-miner.js';

/** Makes a miner known, as the chain has it. Doing it again changes its name at most. */
@Injectable()
export class AddMiner {
  constructor(
    private readonly refresh: RefreshMiner,
    private readonly miners: MinerStore,
  ) {}

  /** @throws NoSuchMiner when the chain does not know it. */
  async run(address: MinerId, name: string | undefined, signal?: AbortSignal): Promise<void> {
    try {
      await this.refresh.run(address, signal);
    } catch (error) {
      if (error instanceof ChainCallFailed)
        throw new NoSuchMiner(`the chain knows no miner ${address}`, { cause: error });
      throw error;
    }
    if (name !== undefined) await this.miners.rename(address, name);
  }
}
