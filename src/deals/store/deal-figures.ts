import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/prisma/index.js';
import { Clock } from '../../shared/index.js';

export interface DealFigures {
  deals: Record<string, number>;
  pieces: Record<string, number>;
  /** Age of the oldest piece that still lacks deals. */
  oldestWaitingSeconds: number;
}

/** Counts for gauges and the progress page. */
@Injectable()
export class DealFiguresQuery {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  async read(): Promise<DealFigures> {
    const [deals, pieces, oldest] = await Promise.all([
      this.database.deal.groupBy({ by: ['state'], _count: true }),
      this.database.piece.groupBy({ by: ['state'], _count: true }),
      this.database.piece.findFirst({
        where: { state: { in: ['sealed', 'committed', 'replicating'] } },
        orderBy: { createdAt: 'asc' },
        select: { createdAt: true },
      }),
    ]);
    return {
      deals: Object.fromEntries(deals.map((row) => [row.state, row._count])),
      pieces: Object.fromEntries(pieces.map((row) => [row.state, row._count])),
      oldestWaitingSeconds: oldest ? Math.max(0, (this.clock.now().getTime() - oldest.createdAt.getTime()) / 1000) : 0,
    };
  }
}
