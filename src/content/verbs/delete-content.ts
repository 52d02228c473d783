import { Injectable } from '@nestjs/common';
import type { ContentId } from '../../shared/index.js';
import { ContentNotFound } from '../domain/content.errors.js';
import { RemoveDags } from '../../storage/index.js';
import { PostgresContentStore } from '../store/postgres-content.store.js';

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
