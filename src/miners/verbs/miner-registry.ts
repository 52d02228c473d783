import { Injectable } from '@nestjs/common';
import { ChainCallFailed } from '../../chain/index.js';
import type { MinerId } from '../../shared/index.js';
import type { Miner } from '../domain/miner.js';
import { MinerNotFound, NoSuchMiner } from '../domain/miners.errors.js';
import { MinerStore } from '../ports/miner-store.port.js';
import { RefreshMiner } from './refresh-miners.js';

/** The miners that we know, and what an operator says about them. `f0…` and `t0…` name the same one. */
@Injectable()
export class MinerRegistry {
  constructor(
    private readonly miners: MinerStore,
    private readonly refreshMiner: RefreshMiner,
  ) {}

  /** By address, each with its newest ask and what the chain says about it. */
  async list(): Promise<Miner[]> {
    return this.miners.list();
  }

  /** @throws MinerNotFound */
  async find(address: MinerId): Promise<Miner> {
    const miner = await this.miners.find(address);
    if (!miner) throw new MinerNotFound(`no record of miner ${address}`);
    return miner;
  }

  /**
   * Base URL of a miner's HTTP retrieval endpoint, without a slash at the end; null when it announces none, or is not
   * on record.
   */
  async httpUrlOf(address: MinerId): Promise<string | null> {
    return (await this.miners.find(address))?.httpUrl ?? null;
  }

  /**
   * Makes a miner known, as the chain has it. Doing it again changes its name at most.
   * @throws NoSuchMiner when the chain does not know it
   */
  async add(address: MinerId, name: string | undefined, signal?: AbortSignal): Promise<void> {
    try {
      await this.refreshMiner.run(address, signal);
    } catch (error) {
      if (error instanceof ChainCallFailed)
        throw new NoSuchMiner(`the chain knows no miner ${address}`, { cause: error });
      throw error;
    }
    if (name !== undefined) await this.rename(address, name);
  }

  /** The name under which people see a miner. @throws MinerNotFound */
  async rename(address: MinerId, name: string): Promise<void> {
    await this.miners.rename((await this.find(address)).address, name);
  }

  /** Where a miner is, in the operator's own words; null: not known. @throws MinerNotFound */
  async place(address: MinerId, region: string | null): Promise<void> {
    await this.miners.place((await this.find(address)).address, region);
  }

  /**
   * No new deals with this miner; those that live stay. `until` null: until somebody lifts it. Announced.
   * @throws MinerNotFound
   */
  async suspend(address: MinerId, reason: string, until: Date | null): Promise<void> {
    await this.miners.suspend((await this.find(address)).address, reason, until);
  }

  /** New deals with this miner are welcome again. Announced. @throws MinerNotFound */
  async unsuspend(address: MinerId): Promise<void> {
    await this.miners.unsuspend((await this.find(address)).address);
  }
}
