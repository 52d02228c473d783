import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { Public } from '../../accounts/index.js';
import { ZodPipe } from '../../platform/http/index.js';
import { Clock } from '../../shared/index.js';
import { PostgresFiguresStore } from '../store/postgres-figures.store.js';
import { ReadPublicStats } from '../verbs/read-public-stats.js';

/** Three months at most: bandwidth is kept by the hour. */
const windowQuery = z.object({
  hours: z.coerce
    .number()
    .int()
    .min(1)
    .max(24 * 90)
    .default(24),
});
type WindowQuery = z.output<typeof windowQuery>;

/** The numbers of the whole platform, for everybody. */
@ApiTags('public')
@Public()
@Controller('public')
export class PublicStatsController {
  constructor(
    private readonly readPublicStats: ReadPublicStats,
    private readonly figures: PostgresFiguresStore,
    private readonly clock: Clock,
  ) {}

  /** GET /public/stats: at most two seconds old, `asOf` says when they were counted. */
  @Get('stats')
  @ApiOperation({ summary: 'Headline numbers: bytes and files stored, deals on chain, accounts, miners, bytes served' })
  async totals() {
    const { asOf, totals } = await this.readPublicStats.run();
    return { ...totals, asOf: asOf.toISOString() };
  }

  /** GET /public/metrics/deals-on-chain: oldest day first, days without any event left out. */
  @Get('metrics/deals-on-chain')
  @ApiOperation({ summary: 'Deals attempted, published, sealed and failed by UTC day' })
  async dealsByDay() {
    const rows = await this.figures.dealsByDay();
    return rows.map((row) => ({
      time: row.time.toISOString().slice(0, 10),
      dealsAttempted: Number(row.dealsAttempted),
      dealsOnChain: Number(row.dealsOnChain),
      dealsSealed: Number(row.dealsSealed),
      dealsFailed: Number(row.dealsFailed),
    }));
  }

  /** GET /public/metrics/bandwidth: all accounts together; the hour that runs is incomplete. */
  @Get('metrics/bandwidth')
  @ApiOperation({ summary: 'Bytes that arrived and left by hour and channel, newest first' })
  async bandwidth(@Query(new ZodPipe(windowQuery)) { hours }: WindowQuery) {
    const rows = await this.figures.bandwidth(new Date(this.clock.now().getTime() - hours * 3_600_000));
    return rows.map((row) => ({
      hour: row.hour.toISOString(),
      channel: row.channel,
      direction: row.direction,
      bytes: Number(row.bytes),
      requests: Number(row.requests),
    }));
  }
}
