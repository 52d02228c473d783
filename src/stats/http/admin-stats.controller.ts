import { Controller, Get, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { RequireScope } from '../../accounts/index.js';
import { ZodPipe } from '../../platform/http/index.js';
import { Clock } from '../../shared/index.js';
import { pageOf } from '../domain/miner-list.js';
import { ListMiners } from '../verbs/list-miners.js';
import { type AdminStats, ReadAdminStats } from '../verbs/read-admin-stats.js';
import { presentMinerRow } from './miner-table.presenter.js';
import { type MinersQuery, minersQuery } from './miners.dto.js';

/** Estuary's figures for operators. Needs a key with scope `admin`. */
@ApiTags('admin: statistics')
@ApiBearerAuth()
@RequireScope('admin')
@Controller('admin')
export class AdminStatsController {
  constructor(
    private readonly readAdminStats: ReadAdminStats,
    private readonly listMiners: ListMiners,
    private readonly clock: Clock,
  ) {}

  /** GET /admin/stats (estuary.md 1.10). */
  @Get('stats')
  @ApiOperation({ summary: 'Deals, retrievals, miners, users, files and pins that wait, since the platform began' })
  async stats(): Promise<AdminStats> {
    return this.readAdminStats.run();
  }

  /** GET /admin/miners/stats: the table of miners, with the same query. */
  @Get('miners/stats')
  @ApiOperation({ summary: 'Every miner with its record: deals, errors, score, figures over a window' })
  async miners(@Query(new ZodPipe(minersQuery)) query: MinersQuery) {
    const now = this.clock.now();
    const { rows } = pageOf(await this.listMiners.run(query.window), query);
    return rows.map((row) => ({
      miner: row.addr,
      usedByEstuary: (row.figures?.dealCount ?? 0) > 0,
      errorCount: row.figures?.errorCount ?? 0,
      ...presentMinerRow(row, now),
    }));
  }
}
