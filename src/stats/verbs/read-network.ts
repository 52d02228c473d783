import { Injectable } from '@nestjs/common';
import { Clock } from '../../shared/index.js';
import { type Point, type SeriesMetric, seriesMetrics, seriesOf } from '../domain/series.js';
import { dayText, daysAgo } from '../domain/window.js';
import { PostgresRollupStore } from '../store/postgres-rollup.store.js';

/** What became of deals on one UTC day; a deal counts in several columns as it goes. Bytes are those of their CARs. */
export interface DealDay {
  time: string;
  dealsAttempted: number;
  dealsOnChain: number;
  dealsOnChainBytes: number;
  dealsSealed: number;
  dealsSealedBytes: number;
  dealsFailed: number;
}

/** The fields of a day that each kind of measurement counts in. */
const DEAL_KINDS: Record<string, [count: keyof DealDay, bytes: keyof DealDay | null]> = {
  proposal: ['dealsAttempted', null],
  publish: ['dealsOnChain', 'dealsOnChainBytes'],
  seal: ['dealsSealed', 'dealsSealedBytes'],
  failure: ['dealsFailed', null],
};

/** Figures of the whole platform by day and hour, out of the roll-ups: no page of them counts rows. */
@Injectable()
export class ReadNetwork {
  constructor(
    private readonly rollups: PostgresRollupStore,
    private readonly clock: Clock,
  ) {}

  /** What became of deals since the platform began, oldest day first; days without any event are left out. */
  async dealsByDay(): Promise<DealDay[]> {
    const rows = await this.rollups.daily('platform', '', new Date(0), Object.keys(DEAL_KINDS));
    const days = new Map<string, DealDay>();
    for (const row of rows) {
      const time = dayText(row.at);
      const day = days.get(time) ?? {
        time,
        dealsAttempted: 0,
        dealsOnChain: 0,
        dealsOnChainBytes: 0,
        dealsSealed: 0,
        dealsSealedBytes: 0,
        dealsFailed: 0,
      };
      const [counted, measured] = DEAL_KINDS[row.kind] as [keyof DealDay, keyof DealDay | null];
      Object.assign(day, { [counted]: Number(day[counted]) + Number(row.count) });
      if (measured !== null) Object.assign(day, { [measured]: Number(day[measured]) + Number(row.bytes) });
      days.set(time, day);
    }
    return [...days.values()];
  }

  /** One point for each of the last `days` UTC days, today's included. */
  async series(metric: SeriesMetric, days: number): Promise<Point[]> {
    const now = this.clock.now();
    const from = daysAgo(days - 1, now);
    const { kinds, shape } = seriesMetrics[metric];
    const [rows, before] = await Promise.all([
      this.rollups.daily('platform', '', from, kinds),
      shape === 'level' ? this.rollups.before('platform', '', from, kinds) : [],
    ]);
    return seriesOf(metric, rows, before, from, now);
  }

  /** Bytes by hour, channel and direction, newest first. */
  async bandwidth(hours: number) {
    return this.rollups.bandwidth(new Date(this.clock.now().getTime() - hours * 3_600_000));
  }
}
