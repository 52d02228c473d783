import { Inject, Injectable, Optional } from '@nestjs/common';
import { CID } from 'multiformats/cid';
import { DagStore, HotBlocks } from '../../storage/index.js';
import { ColdDags } from './cold-dags.port.js';
import { PinLeases } from '../scheduler/pin-leases.port.js';
import { pinHotDag } from './pin-hot-dag.js';
import type { PinFetchTask } from '../scheduler/pin-fetch-task.js';

/** Pins what the platform stored once: what is hot at once, what only miners hold once it is back. */
@Injectable()
export class PinStoredDag {
  constructor(
    readonly leases: PinLeases,
    readonly dags: DagStore,
    readonly blocks: HotBlocks,
    @Optional() @Inject(ColdDags) private readonly cold: ColdDags | null = null,
  ) {}

  /** False when the platform does not have it, or cannot get it back: then the network may have it still. @throws PinTakenAway */
  async run(watch: PinFetchTask): Promise<boolean> {
    if (await pinHotDag(this, watch.claim)) return true;
    return (await this.bringBack(watch)) && (await pinHotDag(this, watch.claim));
  }

  /** A transfer like any other, but for its time: how long miners may take is known to those who ask them. */
  private async bringBack(watch: PinFetchTask): Promise<boolean> {
    const root = CID.parse(watch.claim.pin.cidV1);
    if (!this.cold || !(await this.dags.find(root))) return false;
    await watch.turn();
    try {
      return await watch.pausedFor(this.cold.restore(root, watch.signal));
    } catch {
      watch.signal.throwIfAborted();
      return false;
    }
  }
}
