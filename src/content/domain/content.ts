import type { ContentId, UserId } from '../../shared/index.js';
import type { DagReference } from '../../storage/index.js';

/** What a user stored: a reference to a DAG, under a name. */
export interface Content {
  id: ContentId;
  userId: UserId;
  dagId: bigint;
  /** CIDv1 text of the DAG. */
  root: string;
  /** As its uploader knows it. */
  cid: string;
  name: string;
  /** 'file', 'directory' or 'unknown'. */
  type: string;
  /** Payload bytes of the DAG, however many contents share it. */
  size: number;
  profile: string;
  /** Deals per piece that were asked for, or the platform's number at that time. */
  replication: number;
  state: ContentState;
  /** The pin that brought it; null for uploads. */
  pinRequestId: string | null;
  /** Its owner's words for it, in lower case, sorted. */
  tags: readonly string[];
  createdAt: Date;
  updatedAt: Date;
}

/**
 * Every state of a content that has a row, and the only transitions between them. ('receiving' lives only while the
 * request does.)
 */
export const contentTransitions = {
  stored: ['offloaded', 'deleted'],
  offloaded: ['stored', 'deleted'],
  deleted: [],
} as const;
/** `offloaded`: with miners alone, and retrieved from one when somebody asks. */
export type ContentState = keyof typeof contentTransitions;

/** One change of a content's state, as its owner can read it. */
export interface ContentTransition {
  from: string;
  to: string;
  cause: string;
  at: Date;
}

/** A content that is to refer to a DAG: what its owner, or the room that stores it, says of it. */
export interface NewContent extends DagReference {
  /** As the client wrote it. */
  cid: string;
  name: string;
  /** 'unknown': what the root block says. */
  type: 'file' | 'directory' | 'unknown';
  /** 'pin' for pins; import profile or 'car' for uploads. */
  profile: string;
  pinRequestId?: string;
}
