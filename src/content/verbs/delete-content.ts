import { Injectable } from '@nestjs/common';
import type { ContentId } from '../../shared/index.js';
import { ContentNotFound } from '../domain/content.errors.js';
import { ContentRemovals } from '../ports/content-removals.port.js';
import { ReclaimBytes } from './reclaim-bytes.js';

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
    private readonly removals: ContentRemovals,
    private readonly reclaim: ReclaimBytes,
  ) {}

  /** @throws ContentNotFound */
  async run(id: ContentId): Promise<Deletion> {
    const unwanted = await this.removals.delete(id);
    if (!unwanted) throw new ContentNotFound(`no such content: ${id}`);
    await this.reclaim.run(unwanted);
    return { id, freedBytes: unwanted.freedBytes, pendingBytes: unwanted.pendingBytes };
  }
}
