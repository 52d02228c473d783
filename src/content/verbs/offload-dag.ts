import { Injectable } from '@nestjs/common';
import { ContentRemovals } from '../ports/content-removals.port.js';
import { ReclaimBytes } from './reclaim-bytes.js';

/** A DAG leaves this node; its rows stay, and who asks for it gets it back from a miner. The caller has made sure that miners hold it. */
@Injectable()
export class OffloadDag {
  constructor(
    private readonly removals: ContentRemovals,
    private readonly reclaim: ReclaimBytes,
  ) {}

  /** By root, CIDv1 text. Null when it was not hot. @throws NotOffloadable */
  async run(root: string): Promise<{ freedBytes: number; pendingBytes: number } | null> {
    const unwanted = await this.removals.offload(root);
    if (!unwanted) return null;
    await this.reclaim.run(unwanted);
    return { freedBytes: unwanted.freedBytes, pendingBytes: unwanted.pendingBytes };
  }

  /** What `run` would give back. @throws NotOffloadable */
  async look(root: string): Promise<{ freedBytes: number; pendingBytes: number } | null> {
    return this.removals.rehearseOffload(root);
  }
}
