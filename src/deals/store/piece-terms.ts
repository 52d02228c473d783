import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/prisma/index.js';
import { type AttoFil, type CarId, Clock } from '../../shared/index.js';

export interface RaisedTerms {
  replication?: number | undefined;
  /** attoFIL per GiB per epoch. */
  maxPrice?: AttoFil | undefined;
}

/** Terms of the table `pieces` that grow after a piece was made. None ever shrinks: somebody else may count on it. Reads content's tables. */
@Injectable()
export class PieceTerms {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** Pieces whose terms grew; those of shared segments stay as they are unless `shared`. */
  async raise(
    carIds: readonly CarId[],
    { replication = 0, maxPrice = 0n }: RaisedTerms,
    shared: boolean,
  ): Promise<number> {
    return this.database.$executeRaw`
      UPDATE pieces p SET replication = greatest(p.replication, ${replication}::smallint), max_price = greatest(p.max_price, ${maxPrice.toString()}::numeric), check_at = ${this.clock.now()},
        state = CASE WHEN p.state = 'replicated' AND p.replication < ${replication} THEN 'replicating' ELSE p.state END
      FROM cars c WHERE c.id = p.car_id AND p.car_id = ANY(${[...carIds]}::uuid[]) AND (${shared} OR c.kind <> 'segment')
        AND p.state <> 'retired' AND (p.replication < ${replication} OR p.max_price < ${maxPrice.toString()}::numeric)`;
  }

  /** The same bytes were stored again, with more replication than their pieces have so far. */
  async honourReplication(contentIds: readonly bigint[]): Promise<number> {
    return this.database.$executeRaw`
      UPDATE pieces p SET replication = w.replication, check_at = ${this.clock.now()}, state = CASE WHEN p.state = 'replicated' THEN 'replicating' ELSE p.state END
      FROM (SELECT r.car_id, max(c.replication)::smallint AS replication FROM contents c JOIN runs r ON r.dag_id = c.dag_id AND r.copy = 0
            WHERE c.id = ANY(${[...contentIds]}::bigint[]) AND c.state <> 'deleted' GROUP BY r.car_id) w
      WHERE p.car_id = w.car_id AND p.replication < w.replication AND p.state <> 'retired'`;
  }

  /** What the contents of a CAR ask for at most; 0 when it has none. */
  async wantedReplication(carId: CarId): Promise<number> {
    const [row] = await this.database.$queryRaw<{ most: number | null }[]>`
      SELECT max(c.replication)::int AS most FROM runs r JOIN contents c ON c.dag_id = r.dag_id AND c.state <> 'deleted' WHERE r.car_id = ${carId}::uuid AND r.copy = 0`;
    return row?.most ?? 0;
  }

  /** Pieces that nobody gave a cap of their own follow the platform's when it rises. */
  async followPlatformPrice(verified: boolean, maxPrice: AttoFil): Promise<number> {
    return this.database.$executeRaw`
      UPDATE pieces p SET max_price = ${maxPrice.toString()}::numeric, check_at = ${this.clock.now()}
      FROM cars c WHERE c.id = p.car_id AND NOT coalesce(c.terms, '{}'::jsonb) ? 'maxPrice' AND p.verified = ${verified} AND p.max_price < ${maxPrice.toString()}::numeric AND p.state <> 'retired'`;
  }
}
