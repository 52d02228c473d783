import { Inject, Injectable, Optional } from '@nestjs/common';
import { CID } from 'multiformats/cid';
import type { NewContent } from '../../content/index.js';
import { rootFacts } from '../../ipld/index.js';
import { DagStore, HotBlocks } from '../../storage/index.js';
import type { PinClaim, PinProgress } from '../pin.js';
import type { PinFetchTask } from '../scheduler/pin-fetch-task.js';
import { PinLeases } from '../scheduler/pin-leases.port.js';
import { ColdDags } from './cold-dags.port.js';

/** Pins what this node already has: another reference to the same bytes, in one transaction with the pin's status. */
@Injectable()
export class PinHotDag {
  constructor(
    private readonly leases: PinLeases,
    private readonly dags: DagStore<NewContent>,
    private readonly blocks: HotBlocks,
  ) {}

  /**
   * False when this node does not have all of it hot.
   * @throws PinLeaseLost when the pin was removed or claimed meanwhile; QuotaExceeded
   */
  async run(claim: PinClaim): Promise<boolean> {
    const root = CID.parse(claim.pin.cidV1);
    const stored = await this.dags.find(root);
    if (!stored?.hot) return false;
    const bytes = await this.blocks.get(root);
    const options = contentOf(claim, this.leases, { blocks: stored.blocks, bytes: stored.size, sources: 0 });
    return (
      (await this.dags.addReference(root, { ...options, type: bytes ? rootFacts(root, bytes).type : 'unknown' })) !==
      null
    );
  }
}

/** Pins what the platform stored once: what is hot at once, what only miners hold once it is restored. */
@Injectable()
export class PinStoredDag {
  constructor(
    private readonly pinHotDag: PinHotDag,
    private readonly dags: DagStore<NewContent>,
    @Optional() @Inject(ColdDags) private readonly coldDags: ColdDags | null = null,
  ) {}

  /**
   * False when the platform does not have it, or cannot restore it: then the network may have it still.
   * @throws PinLeaseLost
   */
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

/** How a pin's content is stored: the pin is pinned in the transaction that stores it, or neither happens. */
export function contentOf({ pin, leaseNumber }: PinClaim, leases: PinLeases, progress: PinProgress | null): NewContent {
  return {
    userId: pin.userId,
    cid: pin.cid,
    name: pin.name ?? pin.cid,
    type: 'unknown',
    profile: 'pin',
    pinRequestId: pin.requestId,
    within: (tx, contentId) => leases.pinned(tx, { pin, leaseNumber }, contentId, progress),
  };
}
