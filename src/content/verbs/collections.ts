import { Injectable } from '@nestjs/common';
import type { ContentId, UserId } from '../../shared/index.js';
import { collectionFolder, collectionPath, type Collection, type CollectionEntry } from '../domain/collection.js';
import type { Content } from '../domain/content.js';
import {
  CollectionNotFound,
  ContentInCollection,
  ContentNotFound,
  PathConflict,
  PathInvalid,
} from '../domain/content.errors.js';
import type { Uploaded } from '../domain/upload.js';
import { FolderTree } from '../domain/folder-tree.js';
import { CollectionStore } from '../store/collection.store.js';
import { ContentRegistry } from './content-registry.js';

/** A folder of a collection that an upload goes into. */
export interface UploadPlace {
  id: string;
  dir: string;
  overwrite: boolean;
}

/** Contents that an account arranges at paths (Estuary's collections). A collection holds nothing: it refers. */
@Injectable()
export class Collections {
  constructor(
    private readonly store: CollectionStore,
    private readonly contents: ContentRegistry,
  ) {}

  /** @throws CollectionNotFound */
  async get(id: string): Promise<Collection> {
    const found = await this.store.find(id);
    if (!found) throw new CollectionNotFound(`no such collection: ${id.slice(0, 64)}`);
    return found;
  }

  /** Null when there is no such collection. */
  async ownerOf(id: string): Promise<UserId | null> {
    return (await this.store.find(id))?.userId ?? null;
  }

  /**
   * Contents of the collection's owner go into a folder of it, under their names: all, or none.
   * @throws ContentNotFound, PathInvalid, PathConflict, ContentInCollection unless `overwrite`, CollectionNotFound
   */
  async add(id: string, ids: readonly ContentId[], dir: string, overwrite: boolean): Promise<void> {
    const { userId } = await this.get(id);
    const folder = collectionFolder(dir);
    const names = await this.store.ownNames(userId, ids);
    const paths = new Map<string, ContentId>();
    for (const content of ids) {
      const name = names.get(content);
      if (name === undefined) throw new ContentNotFound(`no such content: ${content}`);
      const path = `${folder}${name}`;
      const other = paths.get(path);
      if (other !== undefined && other !== content && !overwrite) throw inCollection(path);
      paths.set(path, content);
    }
    const tree = new FolderTree(Infinity);
    for (const path of paths.keys()) tree.reserve(collectionPath(path));
    const items = [...paths].map(([path, contentId]) => ({ path, contentId }));
    const inTheWay = await this.store.put(id, items, foldersAbove(folder), overwrite);
    if (inTheWay === false) throw new CollectionNotFound(`no such collection: ${id}`);
    if (inTheWay === null) return;
    if (inTheWay.same) throw inCollection(inTheWay.path);
    throw new PathConflict(`a content and a folder would have one name: ${inTheWay.path}`, {
      details: { path: inTheWay.path },
    });
  }

  /**
   * Where an upload is to go as well, judged before a byte of it is read.
   * @throws CollectionNotFound for another's, too; PathInvalid
   */
  async placeOf(userId: UserId, id: string, dir: string, overwrite: boolean): Promise<UploadPlace> {
    const { userId: owner } = await this.get(id);
    if (owner !== userId) throw new CollectionNotFound(`no such collection: ${id.slice(0, 64)}`);
    return { id, dir: collectionFolder(dir), overwrite };
  }

  /**
   * Puts stored uploads there, all or none.
   * @throws ContentInCollection when they cannot stand there; its details name the first of them: it is stored
   */
  async place({ id, dir, overwrite }: UploadPlace, uploads: readonly Uploaded[]): Promise<void> {
    try {
      await this.add(
        id,
        uploads.map(({ contentId }) => contentId),
        dir,
        overwrite,
      );
    } catch (error) {
      if (!(error instanceof ContentInCollection || error instanceof PathConflict)) throw error;
      const [first] = uploads;
      throw new ContentInCollection(`the upload is stored, but not in the collection: ${error.message}`, {
        details: { ...error.details, ...(first ? { estuaryId: Number(first.contentId), cid: first.cid } : {}) },
        cause: error,
      });
    }
  }

  /** A page of its contents, by path. */
  async contentsOf(id: string, after: string, limit: number): Promise<{ path: string; content: Content }[]> {
    const refs = await this.store.refs(id, after, limit);
    return Promise.all(
      refs.map(async ({ path, contentId }) => ({ path, content: await this.contents.get(contentId) })),
    );
  }

  /** What one folder of it has. @throws PathInvalid, also for the path of a content: it is listed by the gateway */
  async entries(id: string, dir: string): Promise<CollectionEntry[]> {
    const folder = collectionFolder(dir);
    if (folder !== '/' && (await this.store.has(id, folder.slice(0, -1))))
      throw new PathInvalid(`${folder.slice(0, -1)} is a content; what is in it is listed below its CID`);
    return this.store.entries(id, folder);
  }
}

/** `/a/`, `/a/b/` -> `/a`, `/a/b` */
function foldersAbove(folder: string): string[] {
  const names = folder.split('/').filter((name) => name !== '');
  return names.map((_, at) => `/${names.slice(0, at + 1).join('/')}`);
}

function inCollection(path: string): ContentInCollection {
  return new ContentInCollection(`the collection has something at ${path}; overwrite=true replaces it`, {
    details: { path },
  });
}
