import { Injectable } from '@nestjs/common';
import type { CID } from 'multiformats/cid';
import { canonicalCid, type UserId } from '../../shared/index.js';
import { ContentExists } from '../domain/content.errors.js';
import { ContentRows } from '../ports/content-rows.port.js';

/** `ignore-dupes=true`: an account that has this DAG is told where, instead of getting it twice. */
@Injectable()
export class RefuseDuplicate {
  constructor(private readonly contents: ContentRows) {}

  /** @throws ContentExists */
  async run(userId: UserId, root: CID): Promise<void> {
    const [known] = await this.contents.ofRoot(canonicalCid(root), userId);
    if (known)
      throw new ContentExists(`this account has ${known.cid} already, as content ${known.id}`, {
        details: { contentId: known.id, cid: known.cid },
      });
  }
}
