import type { Section } from './car-sections.js';

/** What the main thread asks of the reading thread, and what it answers. */
export interface ReadJob {
  id: number;
  path: string;
  /** Whether to compute the piece, which takes most of the time. */
  commP: boolean;
  /** A path for a copy; only then blocks are indexed. */
  copyTo?: string;
}

/** Where blocks stand in the file, some thousand at a time. */
export type BlockRows = Section[];

/** `blocks` may come several times before `done` or `failed`, one of which ends every job. */
export type ReadReply =
  | { id: number; kind: 'blocks'; rows: BlockRows }
  | {
      id: number;
      kind: 'done';
      sha: string;
      size: number;
      malformed: string | undefined;
      piece: { root: Uint8Array; height: number } | undefined;
    }
  | { id: number; kind: 'failed'; reason: string };
