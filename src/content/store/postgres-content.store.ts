import { Injectable } from '@nestjs/common';
import { Database, type Prisma } from '../../platform/prisma/index.js';
import { carId, contentId, parseRowId, userId, type CarId, type ContentId, type UserId } from '../../shared/index.js';
import type { CarMember, Content, ContentTransition, ContentState } from '../domain/content.js';

const withRoot = { dag: { select: { root: true } } } as const;
const alive = { state: { not: 'deleted' } } as const;

export interface ContentPage {
  limit: number;
  /** Only contents older than this one (keyset paging). */
  before?: bigint | undefined;
  /** Tolerated for Estuary's clients; costs what it skips. */
  offset?: number | undefined;
}

/** Tables `contents` and `content_moves`, read. Deleted contents are not there. */
@Injectable()
export class PostgresContentStore {
  constructor(private readonly database: Database) {}

  async find(id: ContentId): Promise<Content | null> {
    const rowId = parseRowId(id);
    const row = rowId && (await this.database.content.findFirst({ where: { id: rowId, ...alive }, include: withRoot }));
    return row ? contentOf(row) : null;
  }

  async ownerOf(id: ContentId): Promise<UserId | null> {
    const rowId = parseRowId(id);
    const row =
      rowId && (await this.database.content.findFirst({ where: { id: rowId, ...alive }, select: { userId: true } }));
    return row ? userId(row.userId) : null;
  }

  /** Newest first. */
  async list(user: UserId, { limit, before, offset }: ContentPage): Promise<Content[]> {
    const rows = await this.database.content.findMany({
      where: { userId: user, ...alive, ...(before === undefined ? {} : { id: { lt: before } }) },
      orderBy: { id: 'desc' },
      take: limit,
      skip: offset ?? 0,
      include: withRoot,
    });
    return rows.map(contentOf);
  }

  /** Contents of one DAG by its CIDv1 text, newest first, at most 1,000; of one user, or of all. */
  async ofRoot(root: string, user?: UserId): Promise<Content[]> {
    const rows = await this.database.content.findMany({
      where: { dag: { root }, ...alive, ...(user === undefined ? {} : { userId: user }) },
      orderBy: { id: 'desc' },
      take: 1000,
      include: withRoot,
    });
    return rows.map(contentOf);
  }

  /** Oldest first. */
  async transitions(id: ContentId): Promise<ContentTransition[]> {
    const rowId = parseRowId(id);
    if (rowId === null) return [];
    return this.database.contentMove.findMany({
      where: { contentId: rowId },
      orderBy: { id: 'asc' },
      select: { from: true, to: true, cause: true, at: true },
    });
  }

  /** Contents whose bytes lie, at least in part, in the CAR. */
  async inCar(id: CarId): Promise<CarMember[]> {
    const rows = await this.database.content.findMany({
      where: { dag: { runs: { some: { carId: id } } }, ...alive },
      orderBy: { id: 'asc' },
      include: withRoot,
    });
    return rows
      .map((row) => ({ ...contentOf(row), contentId: contentId(row.id), carId: carId(id) }))
      .map(({ contentId: member, userId: user, carId: car, cid, root, name, size, state }) => ({
        contentId: member,
        userId: user,
        carId: car,
        cid,
        root,
        name,
        size,
        state,
      }));
  }
}

type ContentRow = Prisma.ContentGetPayload<{ include: typeof withRoot }>;

function contentOf({ id, userId: user, size, state, dag, deletedAt: _, ...row }: ContentRow): Content {
  return {
    ...row,
    id: contentId(id),
    userId: userId(user),
    size: Number(size),
    state: state as ContentState,
    root: dag.root,
  };
}
