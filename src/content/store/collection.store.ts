import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Database, execute, query } from '../../platform/prisma/index.js';
import { contentId, parseRowId, userId, type ContentId, type UserId } from '../../shared/index.js';
import type { Collection, CollectionEntry, CollectionItem } from '../domain/collection.js';
import { ENTRIES, IN_THE_WAY, LOCK_COLLECTION, OWN_CONTENTS, PUT_REFS, REFS, REMOVE_PATH } from './collections.sql.js';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Tables `collections` and `collection_refs`. */
@Injectable()
export class CollectionStore {
  constructor(private readonly database: Database) {}

  /** A new one, empty. */
  async create(user: UserId, name: string, description: string): Promise<Collection> {
    return collectionOf(
      await this.database.collection.create({ data: { id: randomUUID(), userId: user, name, description } }),
    );
  }

  /** One account's, oldest first. */
  async list(user: UserId): Promise<Collection[]> {
    const rows = await this.database.collection.findMany({ where: { userId: user }, orderBy: { createdAt: 'asc' } });
    return rows.map(collectionOf);
  }

  /** Null for what is no id, or not there. */
  async find(id: string): Promise<Collection | null> {
    const row = UUID.test(id) ? await this.database.collection.findUnique({ where: { id } }) : null;
    return row && collectionOf(row);
  }

  /** Its contents stay. Idempotent. */
  async remove(id: string): Promise<void> {
    await this.database.transaction(async (tx) => {
      await query(tx, LOCK_COLLECTION, [id]);
      await tx.collectionRef.deleteMany({ where: { collectionId: id } });
      await tx.collection.deleteMany({ where: { id } });
    });
  }

  /** The root of a commit. */
  async setCid(id: string, cid: string): Promise<void> {
    await this.database.collection.updateMany({ where: { id }, data: { cid } });
  }

  /** Names of those of these contents that are this account's, by id. */
  async ownNames(user: UserId, ids: readonly ContentId[]): Promise<Map<string, string>> {
    const rows = await query(this.database, OWN_CONTENTS, [user, ids.map(parseRowId).filter((id) => id !== null)]);
    return new Map(rows.map(({ id, name }) => [String(id), name]));
  }

  /**
   * All of them, or none. What is in the way is told: another content at the same path (unless `overwrite`), a content
   * where a folder is needed, a folder where the content is to be. Null: nothing was. False: there is no such collection.
   * @param above folders that the paths need
   */
  async put(
    id: string,
    items: readonly CollectionItem[],
    above: readonly string[],
    overwrite: boolean,
  ): Promise<{ path: string; same: boolean } | null | false> {
    const paths = items.map(({ path }) => path);
    return this.database.transaction(async (tx) => {
      if ((await query(tx, LOCK_COLLECTION, [id])).length === 0) return false;
      const [found] = await query(tx, IN_THE_WAY, [id, paths, above]);
      if (found && !(found.same && overwrite)) return found;
      await execute(tx, PUT_REFS, [id, paths, items.map((item) => BigInt(item.contentId))]);
      return null;
    });
  }

  /** A page of contents with their paths, in the order of these. */
  async refs(id: string, after: string, limit: number): Promise<CollectionItem[]> {
    const rows = await query(this.database, REFS, [id, after, limit]);
    return rows.map((row) => ({ path: row.path, contentId: contentId(row.id) }));
  }

  /** Whether a content stands at just that path. */
  async has(id: string, path: string): Promise<boolean> {
    return (await this.database.collectionRef.findFirst({ where: { collectionId: id, path } })) !== null;
  }

  /** What a folder has; sub-folders once each. */
  async entries(id: string, folder: string): Promise<CollectionEntry[]> {
    const rows = await query(this.database, ENTRIES, [id, folder]);
    return rows.map((row) => ({
      name: row.name,
      type: row.directory ? 'directory' : 'file',
      size: Number(row.size),
      contentId: row.directory ? null : contentId(row.id),
      cid: row.directory ? null : row.cid,
      updatedAt: row.updated_at,
    }));
  }

  /** A path and all below it; how many contents that were. */
  async removePath(id: string, path: string): Promise<number> {
    return (await query(this.database, REMOVE_PATH, [id, path])).length;
  }

  /** A content at whatever paths; at how many it was. */
  async removeContent(id: string, content: ContentId): Promise<number> {
    const rowId = parseRowId(content);
    if (rowId === null) return 0;
    return (await this.database.collectionRef.deleteMany({ where: { collectionId: id, contentId: rowId } })).count;
  }
}

function collectionOf(row: Omit<Collection, 'userId'> & { userId: string }): Collection {
  return { ...row, userId: userId(row.userId) };
}
