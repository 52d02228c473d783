import type { Announcement, AnnouncementState } from '../domain/announcement.js';

export interface AnnouncementFilter {
  state?: AnnouncementState | undefined;
  /** CIDv1 text. */
  root?: string | undefined;
  /** Only those whose last attempt failed. */
  failing?: boolean | undefined;
}

export interface AnnouncementFigures {
  byState: Record<AnnouncementState, number>;
  /** Whose last attempt failed; not counted beyond 10,000. */
  failing: number;
  /** What should have been worked on and was not. */
  oldestOverdue: { root: string; dueAt: Date } | null;
}

/** The book for people who look at it. Costs the same however thick it is. */
export abstract class AnnouncementList {
  /** Newest first; `before`: only rows older than this id. */
  abstract page(filter: AnnouncementFilter, limit: number, before?: bigint): Promise<Announcement[]>;
  /** How many the filter finds; of failing ones no more than 10,000 are counted. */
  abstract count(filter: AnnouncementFilter): Promise<number>;
  abstract figures(): Promise<AnnouncementFigures>;
}
