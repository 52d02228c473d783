import { Injectable } from '@nestjs/common';
import type { MinerId } from '../../shared/index.js';
import { MinerNotFound } from '../domain/miners.errors.js';
import { MinerStore } from '../ports/miner-store.port.js';

/** No new deals with this miner; those that live stay. `until` null: until somebody lifts it. */
@Injectable()
export class SuspendMiner {
  constructor(private readonly miners: MinerStore) {}

  async run(address: MinerId, reason: string, until: Date | null): Promise<void> {
    if (!(await this.miners.suspend(address, reason, until))) throw new MinerNotFound(`no record of miner ${address}`);
  }
}
