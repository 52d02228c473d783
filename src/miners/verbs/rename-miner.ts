import { Injectable } from '@nestjs/common';
import type { MinerId } from '../../shared/index.js';
import { MinerNotFound } from '../domain/miners.errors.js';
import { MinerStore } from '../ports/miner-store.port.js';

/** The name under which people see a miner. */
@Injectable()
export class RenameMiner {
  constructor(private readonly miners: MinerStore) {}

  async run(address: MinerId, name: string): Promise<void> {
    if (!(await this.miners.rename(address, name))) throw new MinerNotFound(`no record of miner ${address}`);
  }
}
