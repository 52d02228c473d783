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

/** Every state of a content that has a row, and the only moves between them. ('receiving' lives only while the request does.) */
export const contentMoves = {
  stored: ['offloaded', 'deleted'],
  offloaded: ['stored', 'deleted'],
  deleted: [],
} as const;
export type ContentState = keyof typeof contentMoves;

export interface ContentMove {
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
