import { Injectable } from '@nestjs/common';
import type { Miner } from '../domain/miner.js';
import { MinerStore } from '../ports/miner-store.port.js';

/** Every miner that we know, by address, each with its newest ask and what the chain says about it. */
@Injectable()
export class ListMiners {
  constructor(private readonly miners: MinerStore) {}

  async run(): Promise<Miner[]> {
    return this.miners.list();
  }
}
