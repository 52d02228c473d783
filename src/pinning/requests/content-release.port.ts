import type { ContentId } from '../../shared/index.js';

/** Gives up the reference that a pin holds on its bytes. */
export abstract class ContentRelease {
  /** Harmless when the content is gone already. */
  abstract release(contentId: ContentId): Promise<void>;
}
