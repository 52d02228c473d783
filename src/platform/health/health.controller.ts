import { Controller, Get, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiServiceUnavailableResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Public } from '../http/route-decorators.js';
import { Metrics } from '../metrics/index.js';
import { ProcessInfo } from '../process/process-info.js';
import { Readiness, type ReadinessReport } from './readiness.js';

@ApiTags('platform')
@Public()
@Controller()
export class HealthController {
  constructor(
    private readonly readiness: Readiness,
    private readonly metrics: Metrics,
    private readonly info: ProcessInfo,
  ) {}

  /** 200 as long as the process answers at all; asks nothing of the database. */
  @Get('health')
  @ApiOperation({ summary: 'Liveness: the process answers' })
  health(): object {
    return { status: 'ok', process: this.info.role, uptimeSeconds: Math.round(process.uptime()) };
  }

  /** 200 when everything works, else 503 with what is down. Never cached. */
  @Get('ready')
  @ApiOperation({ summary: 'Readiness: everything that the platform needs works, the worker included' })
  @ApiOkResponse({ description: '`{ready: true, checks}`' })
  @ApiServiceUnavailableResponse({ description: '`{ready: false, down: [{name, detail}], checks}`' })
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<ReadinessReport> {
    const report = await this.readiness.run();
    void reply.code(report.ready ? 200 : 503).header('cache-control', 'no-store');
    return report;
  }

  /** The Prometheus text format, of this process alone: the worker has its own. */
  @Get('metrics')
  @ApiOperation({ summary: 'Prometheus metrics of this process' })
  async prometheus(@Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    void reply.header('content-type', this.metrics.contentType);
    return this.metrics.render();
  }
}
