import { Injectable } from '@nestjs/common';
import { Database, Prisma } from '../../platform/prisma/index.js';
import { type CarId, carId, type UserId } from '../../shared/index.js';
import type { DagRun } from '../domain/deal.js';

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

interface RunRow {
  seq: number;
  car_id: string;
  offset: bigint;
  length: bigint;
  root: string | null;
  bytes: bigint;
}

const COLUMNS = Prisma.sql`c.id, c.cid, c.name, c.user_id AS "userId", c.size, c.type, c.state, c.profile, c.replication, c.created_at AS "createdAt", c.updated_at AS "updatedAt",
  g.root, g.hot, ARRAY(SELECT DISTINCT r.car_id::text FROM runs r WHERE r.dag_id = c.dag_id AND r.copy = 0) AS cars`;

/** Which contents lie in which CARs. Reads content's tables, writes nothing. */
@Injectable()
export class ContentCarsQuery {
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

  /** For each CAR of these contents, the most replication that any of them asks for. */
  async replicationOf(contentIds: readonly bigint[]): Promise<Map<CarId, number>> {
    const rows = await this.database.$queryRaw<{ car_id: string; most: number }[]>`
      SELECT r.car_id::text, max(c.replication)::int AS most FROM contents c JOIN runs r ON r.dag_id = c.dag_id AND r.copy = 0
      WHERE c.id = ANY(${[...contentIds]}::bigint[]) AND c.state <> 'deleted' GROUP BY r.car_id`;
    return new Map(rows.map(({ car_id, most }) => [carId(car_id), most]));
  }

  /** What the contents of a CAR ask for at most; 0 when it has none. */
  async wantedReplication(car: CarId): Promise<number> {
    const [row] = await this.database.$queryRaw<{ most: number | null }[]>`
      SELECT max(c.replication)::int AS most FROM runs r JOIN contents c ON c.dag_id = r.dag_id AND c.state <> 'deleted' WHERE r.car_id = ${car}::uuid AND r.copy = 0`;
    return row?.most ?? 0;
  }

  /** Where the blocks of a DAG lie, in order; null when no such DAG is stored. */
  async runs(root: string): Promise<DagRun[] | null> {
    const dag = await this.database.dag.findUnique({ where: { root }, select: { id: true } });
    if (!dag) return null;
    const rows = await this.database.$queryRaw<RunRow[]>`
      SELECT r.seq, r.car_id::text, r.offset, r.length, c.root, c.bytes
      FROM runs r JOIN cars c ON c.id = r.car_id WHERE r.dag_id = ${dag.id} AND r.copy = 0 ORDER BY r.seq`;
    return rows.map((row) => ({
      seq: row.seq,
      carId: carId(row.car_id),
      offset: Number(row.offset),
      length: Number(row.length),
      carRoot: row.root ?? '',
      carBytes: Number(row.bytes),
    }));
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
