import { Injectable } from '@nestjs/common';
import { Database, Prisma } from '../../platform/prisma/index.js';
import { type CarId, carId, type UserId } from '../../shared/index.js';
import type { Piece } from '../domain/deal.js';
import { toPiece } from './rows.js';

/** A content as far as this room shows it. */
export interface ContentFacts {
  id: bigint;
  cid: string;
  name: string;
  userId: string;
  size: bigint;
  type: string;
  state: string;
  profile: string;
  replication: number;
  createdAt: Date;
  updatedAt: Date;
  root: string;
  /** All its blocks are on this node. */
  hot: boolean;
  /** CARs of copy 0: the pieces that miners hold. */
  cars: CarId[];
}

interface ContentRow extends Omit<ContentFacts, 'cars'> {
  cars: string[];
}

const COLUMNS = Prisma.sql`c.id, c.cid, c.name, c.user_id AS "userId", c.size, c.type, c.state, c.profile, c.replication, c.created_at AS "createdAt", c.updated_at AS "updatedAt",
  g.root, g.hot, ARRAY(SELECT DISTINCT r.car_id::text FROM runs r WHERE r.dag_id = c.dag_id AND r.copy = 0) AS cars`;

/** Which contents lie in which pieces. Reads content's tables, writes nothing. */
@Injectable()
export class ContentDealsQuery {
  constructor(private readonly database: Database) {}

  async content(id: bigint): Promise<ContentFacts | null> {
    const [row] = await this.select(Prisma.sql`c.id = ${id}`, Prisma.sql`1`);
    return row ?? null;
  }

  /** Newest first; only those whose pieces exist. */
  async withDeals(
    userId: UserId,
    page: { before?: bigint | undefined; limit: number; offset: number },
  ): Promise<ContentFacts[]> {
    const older = page.before === undefined ? Prisma.empty : Prisma.sql`AND c.id < ${page.before}`;
    return this.select(
      Prisma.sql`c.user_id = ${userId}::uuid ${older} AND EXISTS (SELECT 1 FROM runs r JOIN deals d ON d.car_id = r.car_id WHERE r.dag_id = c.dag_id AND r.copy = 0)`,
      Prisma.sql`${page.limit} OFFSET ${page.offset}`,
    );
  }

  /** Contents of a DAG; of one user, or of everybody. */
  async byRoot(root: string, userId: UserId | null, limit: number): Promise<ContentFacts[]> {
    const whose = userId === null ? Prisma.empty : Prisma.sql`AND c.user_id = ${userId}::uuid`;
    return this.select(Prisma.sql`g.root = ${root} ${whose}`, Prisma.sql`${limit}`);
  }

  /** Contents whose every piece has all its deals proven: they could leave this node. Largest first. */
  async offloadable(limit: number): Promise<ContentFacts[]> {
    return this.select(
      Prisma.sql`c.state = 'stored' AND g.hot AND NOT EXISTS (
      SELECT 1 FROM runs r LEFT JOIN pieces p ON p.car_id = r.car_id WHERE r.dag_id = c.dag_id AND r.copy = 0 AND p.state IS DISTINCT FROM 'replicated')`,
      Prisma.sql`${limit}`,
      Prisma.sql`c.size DESC, c.id`,
    );
  }

  async pieces(carIds: readonly CarId[]): Promise<Piece[]> {
    const rows = await this.database.piece.findMany({
      where: { carId: { in: [...carIds] } },
      orderBy: { createdAt: 'asc' },
    });
    return rows.map(toPiece);
  }

  /** Pieces that still lack something, longest waiting first. */
  async waiting(limit: number): Promise<Piece[]> {
    const rows = await this.database.piece.findMany({
      where: { state: { in: ['sealed', 'committed', 'replicating'] } },
      orderBy: { createdAt: 'asc' },
      take: limit,
    });
    return rows.map(toPiece);
  }

  private async select(
    where: Prisma.Sql,
    limit: Prisma.Sql,
    order: Prisma.Sql = Prisma.sql`c.id DESC`,
  ): Promise<ContentFacts[]> {
    const rows = await this.database.$queryRaw<ContentRow[]>`
      SELECT ${COLUMNS} FROM contents c JOIN dags g ON g.id = c.dag_id WHERE c.state <> 'deleted' AND ${where} ORDER BY ${order} LIMIT ${limit}`;
    return rows.map((row) => ({ ...row, cars: row.cars.map(carId) }));
  }
}
