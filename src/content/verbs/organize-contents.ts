import { Injectable } from '@nestjs/common';
import { InvalidInput } from '../../platform/http/index.js';
import { DomainError, type ContentId, type UserId } from '../../shared/index.js';
import type { Content } from '../domain/content.js';
import { ContentNotFound } from '../domain/content.errors.js';
import type { ContentSearch } from '../domain/content-search.js';
import { contentName } from '../domain/upload.js';
import { ContentSearchStore } from '../store/content-search.store.js';
import { ContentRegistry } from './content-registry.js';
import { DeleteContent } from './remove-content.js';

/** What one content of many came to. */
export type BulkResult =
  | { id: ContentId; status: 'deleted'; freedBytes: number; pendingBytes: number }
  | { id: ContentId; status: 'tagged' }
  | { id: ContentId; status: 'failed'; error: DomainError };

/** An account's contents as their owner orders them: searched, named, tagged, let go of in numbers. */
@Injectable()
export class OrganizeContents {
  constructor(
    private readonly store: ContentSearchStore,
    private readonly contents: ContentRegistry,
    private readonly deleteContent: DeleteContent,
  ) {}

  /** One page. @throws InvalidInput when `before` is no content of this account */
  async search(user: UserId, search: ContentSearch): Promise<Content[]> {
    const found = await this.store.search(user, search);
    if (!found)
      throw new InvalidInput('before: must be the id of a content of yours', { details: { fields: ['before'] } });
    return found;
  }

  /** The content with just these tags. Idempotent. @throws ContentNotFound */
  async setTags(id: ContentId, tags: readonly string[]): Promise<Content> {
    const { userId } = await this.contents.get(id);
    await this.store.setTags(userId, [id], tags);
    return this.contents.get(id);
  }

  /** @param name made storable as that of an upload @throws ContentNotFound, InvalidInput when nothing is left of it */
  async rename(id: ContentId, name: string): Promise<Content> {
    const clean = contentName(name, '');
    if (clean === '') throw new InvalidInput('name: is no name', { details: { fields: ['name'] } });
    if (!(await this.store.rename(id, clean))) throw new ContentNotFound(`no such content: ${id}`);
    return this.contents.get(id);
  }

  /** The same for many; ids twice count once. What is not this account's is not there. */
  async tagAll(user: UserId, ids: readonly ContentId[], tags: readonly string[]): Promise<BulkResult[]> {
    const unique = [...new Set(ids)];
    const done = await this.store.setTags(user, unique, tags);
    return unique.map((id) => (done.has(id) ? { id, status: 'tagged' } : failed(id, notFound(id))));
  }

  /**
   * One after the other, each durable by itself; ends early, without an answer for the rest, when `signal` does. A
   * content that cannot be deleted does not keep the others.
   */
  async deleteAll(user: UserId, ids: readonly ContentId[], signal: AbortSignal): Promise<BulkResult[]> {
    const results: BulkResult[] = [];
    for (const id of new Set(ids)) {
      if (signal.aborted) break;
      results.push(await this.deleteOne(user, id));
    }
    return results;
  }

  private async deleteOne(user: UserId, id: ContentId): Promise<BulkResult> {
    try {
      if ((await this.contents.ownerOf(id)) !== user) throw notFound(id);
      const { freedBytes, pendingBytes } = await this.deleteContent.run(id);
      return { id, status: 'deleted', freedBytes, pendingBytes };
    } catch (error) {
      if (error instanceof DomainError && error.status < 500) return failed(id, error);
      throw error;
    }
  }
}

function notFound(id: ContentId): ContentNotFound {
  return new ContentNotFound(`no such content: ${id}`);
}

function failed(id: ContentId, error: DomainError): BulkResult {
  return { id, status: 'failed', error };
}
