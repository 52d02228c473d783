import { Injectable } from '@nestjs/common';
import { HotRoots, isIdentity } from '../../content/index.js';
import { canonicalCid, parseCid } from '../../shared/index.js';
import { AnnouncementBook } from '../ports/announcement-book.port.js';

/** Enters roots into the book, to be held and announced: those that are hot now, whatever is said of them. */
@Injectable()
export class HoldRoots {
  constructor(
    private readonly hot: HotRoots,
    private readonly book: AnnouncementBook,
  ) {}

  /** Says how many were not there, or on their way out. */
  async run(cids: readonly string[]): Promise<number> {
    const hot = await this.hot.among(namesOf(cids));
    return this.book.hold([...hot.keys()]);
  }
}

/** Normalised, each once. A root that lies in its own CID is with everybody already. */
export function namesOf(cids: readonly string[]): string[] {
  const names = new Set<string>();
  for (const cid of cids.map(parseCid)) if (cid && !isIdentity(cid)) names.add(canonicalCid(cid));
  return [...names];
}
