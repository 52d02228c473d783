import { Injectable } from '@nestjs/common';
import { HotRoots } from '../../content/index.js';
import { AnnouncementBook } from '../ports/announcement-book.port.js';
import { namesOf } from './hold-roots.js';

/** Marks roots to be withdrawn: those whose bytes are not here any more. What others still refer to stays. */
@Injectable()
export class WithdrawRoots {
  constructor(
    private readonly hot: HotRoots,
    private readonly book: AnnouncementBook,
  ) {}

  async run(cids: readonly string[]): Promise<number> {
    const roots = namesOf(cids);
    const hot = await this.hot.among(roots);
    return this.book.withdraw(roots.filter((root) => !hot.has(root)));
  }
}
