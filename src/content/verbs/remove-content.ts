import { Injectable } from '@nestjs/common';
import type { ContentId } from '../../shared/index.js';
import { ContentNotFound } from '../domain/content.errors.js';
import { RemoveDags } from '../../storage/index.js';
import { PostgresContentStore } from '../store/postgres-content.store.js';

/** What became of the bytes of a content that was deleted. */
export interface Deletion {
  id: ContentId;
  /** Bytes that the disk has back. */
  freedBytes: number;
  /** Bytes that lie between those of others, unreadable: freed when their segment is compacted, or goes. */
  pendingBytes: number;
}

/** Ends a reference; with the last one the bytes go. */
@Injectable()
export class DeleteContent {
  constructor(
    private readonly contents: PostgresContentStore,
    private readonly removeDags: RemoveDags,
  ) {}

  /** @throws ContentNotFound */
  async run(id: ContentId): Promise<Deletion> {
    const reclaimable = await this.contents.delete(id);
    if (!reclaimable) throw new ContentNotFound(`no such content: ${id}`);
    await this.removeDags.reclaim(reclaimable);
    return { id, freedBytes: reclaimable.freedBytes, pendingBytes: reclaimable.pendingBytes };
  }
}

/**
 * A DAG leaves this node; its rows stay, and who asks for it gets it back from a miner. The caller has made sure that
 * miners hold it.
 */
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
