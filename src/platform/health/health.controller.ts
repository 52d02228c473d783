import { Controller, Get, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiServiceUnavailableResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public } from '../http/route-decorators.js';
import { Metrics } from '../metrics/index.js';
import { ProcessInfo } from '../process/process-info.js';
import { InsideAccess, InsideOnly } from './inside-access.js';
import { Readiness, type ReadinessReport } from './readiness.js';

@ApiTags('platform')
@Public()
@Controller()
export class HealthController {
  constructor(
    private readonly readiness: Readiness,
    private readonly metrics: Metrics,
    private readonly info: ProcessInfo,
    private readonly inside: InsideAccess,
  ) {}

  /** 200 as long as the process answers at all; asks nothing of the database. */
  @Get('health')
  @ApiOperation({ summary: 'Liveness: the process answers' })
  health() {
    return { status: 'ok', process: this.info.role, uptimeSeconds: Math.round(process.uptime()) };
  }

  /**
   * 200 when everything works, else 503. What is down is said to this machine and to who has METRICS_TOKEN. Never
   * cached.
   */
  @Get('ready')
  @ApiOperation({ summary: 'Readiness: everything that the platform needs works, the worker included' })
  @ApiOkResponse({ description: '`{ready: true, checks}`; `{ready}` alone from other machines' })
  @ApiServiceUnavailableResponse({
    description: '`{ready: false, down: [{name, detail}], checks}`; `{ready}` alone to other machines',
    schema: {
      type: 'object',
      required: ['ready'],
      properties: {
        ready: { type: 'boolean' },
        down: { type: 'array', items: { type: 'object', additionalProperties: true } },
        checks: { type: 'object', additionalProperties: true },
      },
    },
  })
  async ready(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ReadinessReport | Pick<ReadinessReport, 'ready'>> {
    const report = await this.readiness.run();
    void reply.code(report.ready ? 200 : 503).header('cache-control', 'no-store');
    if (!report.ready) void reply.header('retry-after', '2');
    return this.seesInside(request) ? report : { ready: report.ready };
  }

  /** The Prometheus text format, of this process alone: the worker has its own. @throws InsideOnly */
  @Get('metrics')
  @ApiOperation({ summary: 'Prometheus metrics of this process' })
  async prometheus(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    if (!this.seesInside(request)) throw new InsideOnly();
    void reply.header('content-type', this.metrics.contentType);
    return this.metrics.render();
  }

  private seesInside({ socket, headers }: FastifyRequest): boolean {
    return this.inside.allows(socket.remoteAddress, headers);
  }
}
