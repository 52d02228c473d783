import { Injectable } from '@nestjs/common';
import type { MinerId } from '../../shared/index.js';
import { MinerNotFound } from '../domain/miners.errors.js';
import { MinerStore } from '../ports/miner-store.port.js';

/** New deals with this miner are welcome again. */
@Injectable()
export class UnsuspendMiner {
  constructor(private readonly miners: MinerStore) {}

  async run(address: MinerId): Promise<void> {
    if (!(await this.miners.unsuspend(address))) throw new MinerNotFound(`no record of miner ${address}`);
  }
}
