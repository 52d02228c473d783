import { CID } from 'multiformats/cid';
import { rootFacts } from '../../ipld/index.js';
import type { AdoptOptions, DagStore, HotBlocks } from '../../storage/index.js';
import type { PinClaim, PinProgress } from '../pin.js';
import type { PinLeases } from '../scheduler/pin-leases.port.js';

/** How a pin's content is stored: the pin is pinned in the transaction that stores it, or neither happens. */
export function adoptOptions(
  { pin, attempt }: PinClaim,
  leases: PinLeases,
  progress: PinProgress | null,
): AdoptOptions {
  return {
    userId: pin.userId,
    cid: pin.cid,
    name: pin.name ?? pin.cid,
    type: 'unknown',
    profile: 'pin',
    pinRequestId: pin.requestId,
    within: (tx, contentId) => leases.pinned(tx, { pin, attempt }, contentId, progress),
  };
}

/**
 * Pins what this node already has: another reference to the same bytes. False when it does not have all of it hot.
 * @throws PinTakenAway when the pin was removed or claimed meanwhile.
 */
export async function pinHotDag(
  from: { dags: DagStore; blocks: HotBlocks; leases: PinLeases },
  claim: PinClaim,
): Promise<boolean> {
  const root = CID.parse(claim.pin.cidV1);
  const stored = await from.dags.find(root);
  if (!stored?.hot) return false;
  const bytes = await from.blocks.get(root);
  const options = adoptOptions(claim, from.leases, { blocks: stored.blocks, bytes: stored.size, sources: 0 });
  return (await from.dags.refer(root, { ...options, type: bytes ? rootFacts(root, bytes).type : 'unknown' })) !== null;
}
