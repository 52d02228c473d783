import { Injectable } from '@nestjs/common';
import { ContentNotFound, DeleteContent } from '../../content/index.js';
import type { ContentId } from '../../shared/index.js';
import { ContentRelease } from './content-release.port.js';

/** A pin's reference is a content like any other, and ends like one. */
@Injectable()
export class DeletePinnedContent extends ContentRelease {
  constructor(private readonly deleteContent: DeleteContent) {
    super();
  }

  async release(contentId: ContentId): Promise<void> {
    try {
      await this.deleteContent.run(contentId);
    } catch (error) {
      if (!(error instanceof ContentNotFound)) throw error;
    }
  }
}
