import type { ContentId, UserId } from '../../shared/index.js';
import { parseFolderPath, parseUploadPath, type PathNames } from './upload-path.js';

/** Contents at paths. */
export interface Collection {
  /** A UUID. */
  id: string;
  userId: UserId;
  name: string;
  description: string;
  /** The root of its last commit; null: it had none. */
  cid: string | null;
  createdAt: Date;
}

/** A content that is to stand at a path. */
export interface CollectionItem {
  path: string;
  contentId: ContentId;
}

/** What a directory of a collection has; of a folder, what all below it has together. */
export interface CollectionEntry {
  name: string;
  type: 'directory' | 'file';
  /** Bytes. */
  size: number;
  /** Of a content. */
  contentId: ContentId | null;
  cid: string | null;
  updatedAt: Date;
}

/**
 * A directory as clients write it, `/a/b` or `/a/b/`, with a slash at its end.
 * @throws PathInvalid for one that does not begin with a slash, or leads elsewhere
 */
export function collectionFolder(dir: string): string {
  if (dir === '' || dir === '/') return '/';
  return `/${parseFolderPath(dir.startsWith('/') ? dir.slice(1) : `/${dir}`).join('/')}/`;
}

/** The names of a path that begins with a slash. @throws PathInvalid */
export function collectionPath(path: string): PathNames {
  return parseUploadPath(path.slice(1));
}
