import type { NewContent } from '../../content/index.js';
import { Inject, Injectable, Optional } from '@nestjs/common';
import { CID } from 'multiformats/cid';
import { DagStore } from '../../storage/index.js';
import type { PinFetchTask } from '../scheduler/pin-fetch-task.js';
import { ColdDags } from './cold-dags.port.js';
import { PinHotDag } from './pin-hot-dag.js';

/** Pins what the platform stored once: what is hot at once, what only miners hold once it is restored. */
@Injectable()
export class PinStoredDag {
  constructor(
    private readonly pinHotDag: PinHotDag,
    private readonly dags: DagStore<NewContent>,
    @Optional() @Inject(ColdDags) private readonly coldDags: ColdDags | null = null,
  ) {}

  /** False when the platform does not have it, or cannot restore it: then the network may have it still. @throws PinLeaseLost */
  async run(task: PinFetchTask): Promise<boolean> {
    if (await this.pinHotDag.run(task.claim)) return true;
    return (await this.restore(task)) && (await this.pinHotDag.run(task.claim));
  }

  /** A transfer like any other, but for its time: how long miners may take is known to those who ask them. */
  private async restore(task: PinFetchTask): Promise<boolean> {
    const root = CID.parse(task.claim.pin.cidV1);
    if (!this.coldDags || !(await this.dags.find(root))) return false;
    await task.waitForSlot();
    try {
      return await task.withoutTimeout(this.coldDags.restore(root, task.signal));
    } catch {
      task.signal.throwIfAborted();
      return false;
    }
  }
}
