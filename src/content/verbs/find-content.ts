import { Injectable } from '@nestjs/common';
import type { CID } from 'multiformats/cid';
import { canonicalCid, type ContentId, type UserId } from '../../shared/index.js';
import type { Content } from '../domain/content.js';
import { ContentNotFound } from '../domain/content.errors.js';
import { ContentRows, type PageOf } from '../ports/content-rows.port.js';

/** Looks contents up. Deleted ones are not there. */
@Injectable()
export class FindContent {
  constructor(private readonly contents: ContentRows) {}

  /** @throws ContentNotFound */
  async run(id: ContentId): Promise<Content> {
    const content = await this.contents.find(id);
    if (!content) throw new ContentNotFound(`no such content: ${id}`);
    return content;
  }

  async ofUser(userId: UserId, page: PageOf): Promise<Content[]> {
    return this.contents.list(userId, page);
  }

  /** Every content of the DAG, whoever's; or one user's. A CIDv0 and a CIDv1 of one hash are one. */
  async ofCid(cid: CID, userId?: UserId): Promise<Content[]> {
    return this.contents.ofRoot(canonicalCid(cid), userId);
  }
}
