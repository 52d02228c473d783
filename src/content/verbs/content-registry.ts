import { Injectable } from '@nestjs/common';
import type { CID } from 'multiformats/cid';
import { canonicalCid, type ContentId, type UserId } from '../../shared/index.js';
import type { Content, ContentTransition } from '../domain/content.js';
import { ContentExists, ContentNotFound } from '../domain/content.errors.js';
import { type ContentPage, PostgresContentStore } from '../store/postgres-content.store.js';

/** Looks contents up. Deleted ones are not there. */
@Injectable()
export class ContentRegistry {
  constructor(private readonly contents: PostgresContentStore) {}

  /** @throws ContentNotFound */
  async get(id: ContentId): Promise<Content> {
    const content = await this.contents.find(id);
    if (!content) throw new ContentNotFound(`no such content: ${id}`);
    return content;
  }

  /** Null when there is no such content. */
  async ownerOf(id: ContentId): Promise<UserId | null> {
    return this.contents.ownerOf(id);
  }

  /** One user's, newest first. */
  async ofUser(userId: UserId, page: ContentPage): Promise<Content[]> {
    return this.contents.list(userId, page);
  }

  /** Every content of the DAG, whoever's; or one user's. A CIDv0 and a CIDv1 of one hash are one. */
  async ofCid(cid: CID, userId?: UserId): Promise<Content[]> {
    return this.contents.ofRoot(canonicalCid(cid), userId);
  }

  /** Everything that happened to a content, with time and cause, oldest first. @throws ContentNotFound */
  async timeline(id: ContentId): Promise<ContentTransition[]> {
    const content = await this.get(id);
    const first: ContentTransition = {
      from: 'receiving',
      to: 'stored',
      cause: content.profile === 'pin' ? 'pinned' : 'uploaded',
      at: content.createdAt,
    };
    return [first, ...(await this.contents.transitions(id))];
  }

  /**
   * `ignore-dupes=true`: an account that has this DAG is told where, instead of getting it twice. @throws ContentExists
   */
  async assertNew(userId: UserId, root: CID): Promise<void> {
    const [known] = await this.ofCid(root, userId);
    if (known)
      throw new ContentExists(`this account has ${known.cid} already, as content ${known.id}`, {
        details: { contentId: known.id, cid: known.cid },
      });
  }
}
