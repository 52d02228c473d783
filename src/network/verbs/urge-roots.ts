import { Injectable } from '@nestjs/common';
import { HotRoots } from '../../content/index.js';
import { AnnouncementBook } from '../ports/announcement-book.port.js';
import { namesOf } from './hold-roots.js';

export interface Urged {
  /** Roots that are held and announced anew within seconds. */
  asked: string[];
  /** What this node has not, or not any more. */
  notHot: string[];
}

/** Somebody does not want to wait: hold and announce these now, and what failed before is forgotten. */
@Injectable()
export class UrgeRoots {
  constructor(
    private readonly hot: HotRoots,
    private readonly book: AnnouncementBook,
  ) {}

  async run(cids: readonly string[]): Promise<Urged> {
    const names = namesOf(cids);
    const hot = await this.hot.among(names);
    const asked = names.filter((root) => hot.has(root));
    await this.book.hold(asked);
    await this.book.urge(asked);
    return { asked, notHot: names.filter((root) => !hot.has(root)) };
  }

  /** Those whose turn would come next. */
  async next(limit: number): Promise<Urged> {
    return { asked: await this.book.urgeNext(limit), notHot: [] };
  }
}
