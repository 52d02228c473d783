import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/prisma/index.js';
import { carId, minerId } from '../../shared/index.js';
import type { HeldRun, Holder } from '../domain/held-run.js';

interface RunRow {
  seq: number;
  car_id: string;
  offset: bigint;
  length: bigint;
  root: string | null;
  bytes: bigint;
  piece_cid: string | null;
  piece_size: bigint | null;
}

const RANK: Record<Holder['state'], number> = { active: 0, expiring: 1, published: 2 };

/** Runs of copy 0 with the deals of their pieces. Reads content's tables, writes nothing. */
@Injectable()
export class HoldersQuery {
  constructor(private readonly database: Database) {}

  async runs(root: string): Promise<HeldRun[] | null> {
    const dag = await this.database.dag.findUnique({ where: { root }, select: { id: true } });
    if (!dag) return null;
    const rows = await this.database.$queryRaw<RunRow[]>`
      SELECT r.seq, r.car_id::text, r.offset, r.length, c.root, c.bytes, p.piece_cid, p.piece_size
      FROM runs r JOIN cars c ON c.id = r.car_id LEFT JOIN pieces p ON p.car_id = r.car_id WHERE r.dag_id = ${dag.id} AND r.copy = 0 ORDER BY r.seq`;
    const holders = await this.holders([...new Set(rows.map((row) => row.car_id))]);
    return rows.map((row) => ({
      seq: row.seq,
      carId: carId(row.car_id),
      offset: Number(row.offset),
      length: Number(row.length),
      carRoot: row.root ?? '',
      carBytes: Number(row.bytes),
      pieceCid: row.piece_cid,
      pieceSize: row.piece_size,
      holders: holders.get(row.car_id) ?? [],
    }));
  }

  private async holders(carIds: string[]): Promise<Map<string, Holder[]>> {
    const deals = await this.database.deal.findMany({
      where: { carId: { in: carIds }, state: { in: Object.keys(RANK) } },
      select: { carId: true, miner: true, proposalCid: true, chainDealId: true, state: true },
      orderBy: { id: 'asc' },
    });
    const byCar = new Map<string, Holder[]>();
    for (const { carId: car, miner, state, ...deal } of deals)
      byCar.set(car, [...(byCar.get(car) ?? []), { ...deal, miner: minerId(miner), state: state as Holder['state'] }]);
    for (const list of byCar.values()) list.sort((a, b) => RANK[a.state] - RANK[b.state]);
    return byCar;
  }
}
