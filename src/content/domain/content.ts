import type { CarId, ContentId, UserId } from '../../shared/index.js';

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
  type: string;
  size: number;
  profile: string;
  replication: number;
  state: ContentState;
  pinRequestId: string | null;
  createdAt: Date;
  updatedAt: Date;
}

/** Every state of a content that has a row, and the only transitions between them. ('receiving' lives only while the request does.) */
export const contentTransitions = {
  stored: ['offloaded', 'deleted'],
  offloaded: ['stored', 'deleted'],
  deleted: [],
} as const;
export type ContentState = keyof typeof contentTransitions;

/** One change of a content's state, as its owner can read it. */
export interface ContentTransition {
  from: string;
  to: string;
  cause: string;
  at: Date;
}

/** A content whose bytes lie, at least in part, in a CAR. */
export interface CarMember {
  contentId: ContentId;
  userId: UserId;
  carId: CarId;
  cid: string;
  root: string;
  name: string;
  size: number;
  state: ContentState;
}
