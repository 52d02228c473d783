import type { NewContent } from '../../content/index.js';
import { Injectable } from '@nestjs/common';
import { CID } from 'multiformats/cid';
import { rootFacts } from '../../ipld/index.js';
import { DagStore, HotBlocks } from '../../storage/index.js';
import type { PinClaim, PinProgress } from '../pin.js';
import { PinLeases } from '../scheduler/pin-leases.port.js';

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
