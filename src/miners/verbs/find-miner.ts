import { Injectable } from '@nestjs/common';
import type { MinerId } from '../../shared/index.js';
import type { Miner } from '../domain/miner.js';
import { MinerNotFound } from '../domain/miners.errors.js';
import { MinerStore } from '../ports/miner-store.port.js';

/** One miner's record. */
@Injectable()
export class FindMiner {
  constructor(private readonly miners: MinerStore) {}

  /** @throws MinerNotFound */
  async run(address: MinerId): Promise<Miner> {
    const miner = await this.miners.find(address);
    if (!miner) throw new MinerNotFound(`no record of miner ${address}`);
    return miner;
  }
}
