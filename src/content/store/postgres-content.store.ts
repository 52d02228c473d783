import { Injectable } from '@nestjs/common';
import { Outbox } from '../../platform/outbox/index.js';
import { Database, execute, query, type Tx } from '../../platform/prisma/index.js';
import { contentId, parseRowId, userId, type ContentId, type UserId } from '../../shared/index.js';
import { RemoveDags, type ReclaimableBytes } from '../../storage/index.js';
import type { Content, ContentTransition, ContentState } from '../domain/content.js';
import { contentDeleted, contentOffloaded } from '../domain/content.events.js';
import {
  CONTENTS_OF_ROOT,
  FIND_CONTENT,
  HOLD_USAGE_OF,
  LOCK_UPLOAD_OF,
  LIST_CONTENTS,
  MOVE_TO_DELETED,
  type ContentRow,
} from './content.sql.js';

/** One page of a list, newest first. */
export interface ContentPage {
  limit: number;
  /** Only contents older than this one (keyset paging). */
  before?: bigint | undefined;
  /** Tolerated for Estuary's clients; costs what it skips. */
  offset?: number | undefined;
}

/** Above every id. */
const NEWEST = 2n ** 63n - 1n;
const MOST_OF_ROOT = 1000;
const alive = { state: { not: 'deleted' } } as const;

/**
 * Rows of contents. Deleted ones are not there. They come by `store_contents` (PostgresDagReferencesStore).
 *
 * State changes after which bytes can go are one transaction each, together with storage's; the bytes follow
 * (`RemoveDags.reclaim`). What the account stores is locked before anything else, where it is counted; then the row of
 * the DAG.
 */
@Injectable()
export class PostgresContentStore {
  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
    private readonly removeDags: RemoveDags,
  ) {}

  /** Null when there is none (any more), or the id is no number. */
  async find(id: ContentId): Promise<Content | null> {
    const rowId = parseRowId(id);
    const [row] = rowId === null ? [] : await query(this.database, FIND_CONTENT, [rowId]);
    return row ? contentOf(row) : null;
  }

  /** As `find`, without the content. */
  async ownerOf(id: ContentId): Promise<UserId | null> {
    const rowId = parseRowId(id);
    const row =
      rowId && (await this.database.content.findFirst({ where: { id: rowId, ...alive }, select: { userId: true } }));
    return row ? userId(row.userId) : null;
  }

  /** Newest first. */
  async list(user: UserId, { limit, before, offset }: ContentPage): Promise<Content[]> {
    const rows = await query(this.database, LIST_CONTENTS, [user, before ?? NEWEST, limit, offset ?? 0]);
    return rows.map(contentOf);
  }

  /** Contents of one DAG (root as CIDv1 text), newest first, at most 1000; of one user, or of all. */
  async ofRoot(root: string, user?: UserId): Promise<Content[]> {
    const rows = await query(this.database, CONTENTS_OF_ROOT, [root, user ?? null, MOST_OF_ROOT]);
    return rows.map(contentOf);
  }

  /** The timeline after it was stored, oldest first. */
  async transitions(id: ContentId): Promise<ContentTransition[]> {
    const rowId = parseRowId(id);
    if (rowId === null) return [];
    return this.database.contentMove.findMany({
      where: { contentId: rowId },
      orderBy: { id: 'asc' },
      select: { from: true, to: true, cause: true, at: true },
    });
  }

  /**
   * Ends one reference; with the last one its DAG goes. Locks, in this order: what the account stores, the contents
   * that came in the same CAR, the DAG. Of two at once one gets null, which also stands for "no such content (any
   * more)". The bytes themselves are the caller's to reclaim. At most 30 s.
   */
  async delete(id: ContentId): Promise<ReclaimableBytes | null> {
    const rowId = parseRowId(id);
    if (rowId === null) return null;
    return this.database.transaction((tx) => this.deleteIn(tx, rowId), { timeout: 30_000 });
  }

  /**
   * The DAG lives with miners alone from now on, and every stored content of it says so in its timeline. Null when it
   * is not hot, so a second time does nothing. The bytes are the caller's to reclaim. At most 30 s.
   * @throws NotOffloadable when a part of it is in no finished piece
   */
  async offload(root: string): Promise<ReclaimableBytes | null> {
    return this.database.transaction((tx) => this.offloadIn(tx, root), { timeout: 30_000 });
  }

  /** What `offload` would give back; changes nothing. @throws NotOffloadable as it would */
  async rehearseOffload(root: string): Promise<ReclaimableBytes | null> {
    try {
      return await this.database.transaction(
        async (tx) => {
          throw new Rehearsed(await this.offloadIn(tx, root));
        },
        { timeout: 30_000 },
      );
    } catch (error) {
      if (error instanceof Rehearsed) return error.outcome;
      throw error;
    }
  }

  private async deleteIn(tx: Tx, id: bigint): Promise<ReclaimableBytes | null> {
    await execute(tx, HOLD_USAGE_OF, [id]);
    await execute(tx, LOCK_UPLOAD_OF, [id]);
    const content = await tx.content.findUnique({ where: { id }, select: { dagId: true, size: true } });
    const dag = content && (await this.removeDags.lock(tx, content.dagId));
    const [gone] = dag ? await query(tx, MOVE_TO_DELETED, [id]) : [];
    if (!dag || !gone) return null;
    await tx.contentTag.deleteMany({ where: { contentId: id } });
    await tx.collectionRef.deleteMany({ where: { contentId: id } });
    const others = await tx.content.findFirst({ where: { dagId: dag.id, ...alive }, select: { id: true } });
    const reclaimable = others ? null : await this.removeDags.drop(tx, dag);
    if (others) await this.removeDags.lostReference(tx, dag.id);
    await this.outbox.add(tx, contentDeleted, {
      contentId: contentId(id),
      userId: gone.userId,
      cid: gone.cid,
      freedBytes: reclaimable?.freedBytes ?? 0,
      size: Number(content?.size ?? 0),
    });
    return reclaimable ?? { files: [], freedBytes: 0, stretches: [], pendingBytes: 0 };
  }

  private async offloadIn(tx: Tx, root: string): Promise<ReclaimableBytes | null> {
    const offloaded = await this.removeDags.offload(tx, root);
    if (!offloaded) return null;
    const { dagId, reclaimable } = offloaded;
    const moved = await tx.content.updateManyAndReturn({
      where: { dagId, state: 'stored' },
      data: { state: 'offloaded', updatedAt: new Date() },
      select: { id: true },
    });
    await tx.contentMove.createMany({
      data: moved.map((content) => ({
        contentId: content.id,
        from: 'stored',
        to: 'offloaded',
        cause: 'enough miners have sealed it',
      })),
    });
    await this.outbox.add(tx, contentOffloaded, { root, freedBytes: reclaimable.freedBytes });
    return reclaimable;
  }
}

/** Rolls the transaction back and carries out what it would have done. */
class Rehearsed extends Error {
  constructor(readonly outcome: ReclaimableBytes | null) {
    super('a rehearsal');
  }
}

/** A row as the domain has it. */
export function contentOf({ id, userId: user, size, state, ...row }: ContentRow): Content {
  return { ...row, id: contentId(id), userId: userId(user), size: Number(size), state: state as ContentState };
}
