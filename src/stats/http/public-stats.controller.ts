import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { Public } from '../../accounts/index.js';
import { ZodPipe } from '../../platform/http/index.js';
import { type SeriesMetric, seriesMetrics } from '../domain/series.js';
import { ReadNetwork } from '../verbs/read-network.js';
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

const metrics = Object.keys(seriesMetrics) as [SeriesMetric, ...SeriesMetric[]];
/** `30d`: so many UTC days, the one that runs included. */
const seriesQuery = z.object({
  metric: z.enum(metrics),
  window: z
    .string()
    .regex(/^[1-9]\d{0,3}d$/, 'must be a number of days such as 30d')
    .default('30d')
    .transform((days) => Number(days.slice(0, -1)))
    .pipe(z.number().max(3650)),
});
type SeriesQuery = z.output<typeof seriesQuery>;

/** The numbers of the whole platform, for everybody. */
@ApiTags('public')
@Public()
@Controller('public')
export class PublicStatsController {
  constructor(
    private readonly readPublicStats: ReadPublicStats,
    private readonly network: ReadNetwork,
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
    return this.network.dealsByDay();
  }

  /** GET /public/metrics/series: one metric by UTC day, oldest first; the day that runs is incomplete. */
  @Get('metrics/series')
  @ApiOperation({ summary: 'One figure of the platform by day, for charts' })
  @ApiQuery({ name: 'metric', enum: metrics })
  @ApiQuery({ name: 'window', required: false, schema: { type: 'string', default: '30d', example: '90d' } })
  async series(@Query(new ZodPipe(seriesQuery)) { metric, window }: SeriesQuery) {
    const { unit, shape, about } = seriesMetrics[metric];
    return { metric, unit, shape, about, points: await this.network.series(metric, window) };
  }

  /** GET /public/metrics/bandwidth: all accounts together; the hour that runs is incomplete. */
  @Get('metrics/bandwidth')
  @ApiOperation({ summary: 'Bytes that arrived and left by hour and channel, newest first' })
  async bandwidth(@Query(new ZodPipe(windowQuery)) { hours }: WindowQuery) {
    const rows = await this.network.bandwidth(hours);
    return rows.map((row) => ({
      hour: row.hour.toISOString(),
      channel: row.channel,
      direction: row.direction,
      bytes: Number(row.bytes),
      requests: Number(row.requests),
    }));
  }
}
