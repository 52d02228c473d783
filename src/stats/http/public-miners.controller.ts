import { Controller, Get, Param, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { Public } from '../../accounts/index.js';
import { PublicDeals } from '../../deals/index.js';
import { type PublicMiner, PublicMiners } from '../../miners/index.js';
import { ZodPipe } from '../../platform/http/index.js';
import { Clock } from '../../shared/index.js';
import { MINER_STATES, pageOf, SORTS } from '../domain/miner-list.js';
import { MinerUnknown } from '../domain/stats.errors.js';
import { WINDOWS } from '../domain/window.js';
import { PostgresFiguresStore } from '../store/postgres-figures.store.js';
import { ListMiners } from '../verbs/list-miners.js';
import { ReadMinerWindow } from '../verbs/read-miner-window.js';
import { minersCsv, presentMinerRow, presentScore } from './miner-table.presenter.js';
import { cursorText, type MinersQuery, minersQuery } from './miners.dto.js';
import {
  presentFailure,
  presentAsk,
  presentFailureCounts,
  presentFigures,
  presentMinerDeal,
  presentMinerStats,
  presentWindow,
} from './miners.presenter.js';

/** `?ignore-failed` alone is as good as `=true` (Estuary). */
const flag = z
  .enum(['true', 'false', ''])
  .default('false')
  .transform((text) => text !== 'false');
/** `before` is the id of the last deal seen: pages stay whole while new deals are added at the front. */
const pageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(1000).default(500),
  before: z
    .string()
    .regex(/^\d{1,18}$/, 'must be the id of a deal')
    .transform((text) => BigInt(text))
    .optional(),
  'ignore-failed': flag,
});
type PageQuery = z.output<typeof pageQuery>;
/** `days`: what `figures` and `failures` look at, exactly; `window`: what the rest does, out of the roll-ups. */
const statsQuery = z.object({
  days: z.coerce.number().int().min(1).max(365).default(30),
  window: z.enum(WINDOWS).default('30d'),
});
type StatsQuery = z.output<typeof statsQuery>;

/** Miners and how they did, for everybody. No account, no name of a content is ever shown. */
@ApiTags('public')
@Public()
@Controller('public/miners')
export class PublicMinersController {
  constructor(
    private readonly miners: PublicMiners,
    private readonly publicDeals: PublicDeals,
    private readonly figures: PostgresFiguresStore,
    private readonly listMiners: ListMiners,
    private readonly readMinerWindow: ReadMinerWindow,
    private readonly clock: Clock,
  ) {}

  /**
   * GET /public/miners (estuary.md 1.8): all of them by address, unless the query says otherwise. Where `limit` leaves
   * some out, `x-next-cursor` is what to give as `after` for the next page.
   */
  @Get()
  @ApiOperation({
    summary: 'Every miner that we know, with its ask, its score and how it did over a window; also as CSV',
  })
  @ApiQuery({ name: 'window', required: false, enum: WINDOWS })
  @ApiQuery({ name: 'sort', required: false, enum: SORTS })
  @ApiQuery({ name: 'order', required: false, enum: ['asc', 'desc'] })
  @ApiQuery({ name: 'state', required: false, enum: MINER_STATES })
  @ApiQuery({ name: 'region', required: false, type: String })
  @ApiQuery({ name: 'protocol', required: false, enum: ['lotus', 'http'] })
  @ApiQuery({ name: 'maxPrice', required: false, type: String, description: 'attoFIL per GiB and epoch' })
  @ApiQuery({ name: 'search', required: false, type: String, description: 'part of the address or the name' })
  @ApiQuery({ name: 'limit', required: false, schema: { type: 'integer', minimum: 1, maximum: 1000 } })
  @ApiQuery({ name: 'after', required: false, type: String })
  @ApiQuery({ name: 'format', required: false, enum: ['json', 'csv'] })
  async list(@Query(new ZodPipe(minersQuery)) query: MinersQuery, @Res({ passthrough: true }) reply?: FastifyReply) {
    const { rows, next } = pageOf(await this.listMiners.run(query.window), query);
    if (next !== null) void reply?.header('x-next-cursor', cursorText(next));
    if (query.format === 'csv') {
      void reply?.header('content-disposition', 'attachment; filename="miners.csv"').type('text/csv; charset=utf-8');
      return minersCsv(rows);
    }
    const now = this.clock.now();
    return rows.map((row) => presentMinerRow(row, now));
  }

  /** GET /public/miners/stats/:miner. @throws MinerUnknown (404) */
  @Get('stats/:miner')
  @ApiOperation({ summary: "A miner's record, and how it did over a window: 24h, 7d, 30d or all" })
  @ApiQuery({ name: 'window', required: false, enum: WINDOWS })
  @ApiQuery({ name: 'days', required: false, schema: { type: 'integer', minimum: 1, maximum: 365, default: 30 } })
  async stats(@Param('miner') named: string, @Query(new ZodPipe(statsQuery)) { days, window }: StatsQuery) {
    const miner = await this.find(named);
    const { address } = miner;
    const now = this.clock.now();
    const since = this.since(days);
    const [counts, kinds, failures, seen, asks, scores] = await Promise.all([
      this.publicDeals.countsByMiner(address),
      this.figures.byKind(address, since),
      this.figures.failures(address, since),
      this.readMinerWindow.run(address, window),
      this.miners.asks(address),
      this.miners.scores(address),
    ]);
    return {
      ...presentMinerStats(miner, counts.get(address), now),
      days,
      figures: presentFigures(kinds),
      failures: presentFailureCounts(failures),
      window,
      from: seen.from.toISOString(),
      to: now.toISOString(),
      ...presentWindow(seen.figures),
      asks: asks.map(presentAsk),
      score: presentScore(scores),
    };
  }

  /**
   * GET /public/miners/failures/:miner: phase and typed reason, without the miner's own words. @throws MinerUnknown
   * (404)
   */
  @Get('failures/:miner')
  @ApiOperation({ summary: "A miner's failures with phase and typed reason, newest first" })
  async failures(@Param('miner') named: string, @Query(new ZodPipe(pageQuery)) { limit, before }: PageQuery) {
    const { address } = await this.find(named);
    const rows = await this.publicDeals.ofMiner(address, { limit, before }, 'failed');
    return rows.map(presentFailure);
  }

  /** GET /public/miners/deals/:miner; `ignore-failed` leaves the failed ones out. @throws MinerUnknown (404) */
  @Get('deals/:miner')
  @ApiOperation({ summary: "A miner's deals, newest first; `before` is the id of the last one seen" })
  async deals(@Param('miner') named: string, @Query(new ZodPipe(pageQuery)) page: PageQuery) {
    const { address } = await this.find(named);
    const rows = await this.publicDeals.ofMiner(address, page, page['ignore-failed'] ? 'notFailed' : 'all');
    return rows.map(presentMinerDeal);
  }

  /** `f0...` and `t0...` name one miner: what follows uses the spelling on record. @throws MinerUnknown */
  private async find(address: string): Promise<PublicMiner> {
    const miner = await this.miners.find(address);
    if (!miner) throw new MinerUnknown(address);
    return miner;
  }

  private since(days: number): Date {
    return new Date(this.clock.now().getTime() - days * 86_400_000);
  }
}
