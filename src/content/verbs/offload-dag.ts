import { Injectable } from '@nestjs/common';
import { RemoveDags } from '../../storage/index.js';
import { PostgresContentStore } from '../store/postgres-content.store.js';

/** A DAG leaves this node; its rows stay, and who asks for it gets it back from a miner. The caller has made sure that miners hold it. */
@Injectable()
export class OffloadDag {
  constructor(
    private readonly contents: PostgresContentStore,
    private readonly removeDags: RemoveDags,
  ) {}

  /** By root, CIDv1 text. Null when it was not hot. @throws NotOffloadable */
  async run(root: string): Promise<{ freedBytes: number; pendingBytes: number } | null> {
    const reclaimable = await this.contents.offload(root);
    if (!reclaimable) return null;
    await this.removeDags.reclaim(reclaimable);
    return { freedBytes: reclaimable.freedBytes, pendingBytes: reclaimable.pendingBytes };
  }

  /** What `run` would give back. @throws NotOffloadable */
  async look(root: string): Promise<{ freedBytes: number; pendingBytes: number } | null> {
    const reclaimable = await this.contents.rehearseOffload(root);
    return reclaimable && { freedBytes: reclaimable.freedBytes, pendingBytes: reclaimable.pendingBytes };
  }
}
