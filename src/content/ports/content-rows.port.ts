import type { CarId, ContentId, UserId } from '../../shared/index.js';
import type { CarMember, Content, ContentMove } from '../domain/content.js';

export interface PageOf {
  limit: number;
  /** Only contents older than this one (keyset paging). */
  before?: bigint | undefined;
  /** Tolerated for Estuary's clients; costs what it skips. */
  offset?: number | undefined;
}

/** Contents as they can be looked at. Deleted ones are not there. */
export abstract class ContentRows {
  abstract find(id: ContentId): Promise<Content | null>;
  abstract ownerOf(id: ContentId): Promise<UserId | null>;
  /** Newest first. */
  abstract list(userId: UserId, page: PageOf): Promise<Content[]>;
  /** Contents of one DAG, newest first; of one user, or of all. */
  abstract ofRoot(root: string, userId?: UserId): Promise<Content[]>;
  abstract moves(id: ContentId): Promise<ContentMove[]>;
  abstract inCar(carId: CarId): Promise<CarMember[]>;
}
