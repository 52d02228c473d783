import { Injectable } from '@nestjs/common';
import type { ContentId } from '../../shared/index.js';
import type { ContentMove } from '../domain/content.js';
import { ContentRows } from '../ports/content-rows.port.js';
import { FindContent } from './find-content.js';

/** Everything that happened to a content, with time and cause, oldest first. */
@Injectable()
export class ContentTimeline {
  constructor(
    private readonly contents: ContentRows,
    private readonly find: FindContent,
  ) {}

  /** @throws ContentNotFound */
  async run(id: ContentId): Promise<ContentMove[]> {
    const content = await this.find.run(id);
    return [
      {
        from: 'receiving',
        to: 'stored',
        cause: content.profile === 'pin' ? 'pinned' : 'uploaded',
        at: content.createdAt,
      },
      ...(await this.contents.moves(id)),
    ];
  }
}
