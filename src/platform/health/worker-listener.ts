import { createServer, type ServerResponse } from 'node:http';
import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { AppConfig } from '../../config/index.js';
import { messageOf } from '../../shared/index.js';
import { AppLogger } from '../logging/index.js';
import { Metrics } from '../metrics/index.js';
import { Heartbeat } from './heartbeat.js';
import { Readiness } from './readiness.js';

/**
 * The worker's own HTTP listener: /health, /ready and /metrics on WORKER_PORT, answers as the API's. WORKER_PORT=0
 * takes a free port, which the heartbeat tells.
 */
@Injectable()
export class WorkerListener implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly server = createServer((request, response) => {
    this.answer(request.url?.split('?')[0] ?? '/', response).catch((error: unknown) => {
      this.logger.warn({ error: messageOf(error) }, 'worker listener');
      response.destroy();
    });
  });

  constructor(
    private readonly config: AppConfig,
    private readonly readiness: Readiness,
    private readonly metrics: Metrics,
    private readonly heartbeat: Heartbeat,
    private readonly logger: AppLogger,
  ) {}

  /** Rejects, and so ends the start, when the port cannot be had. */
  async onApplicationBootstrap(): Promise<void> {
    const { HOST, WORKER_PORT } = this.config.values;
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(WORKER_PORT, HOST, resolve);
    });
    const address = this.server.address();
    if (address !== null && typeof address === 'object') {
      this.heartbeat.describe('port', address.port);
      this.logger.info({ port: address.port }, 'worker listens');
    }
  }

  onApplicationShutdown(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private async answer(path: string, response: ServerResponse): Promise<void> {
    if (path === '/metrics') {
      response.setHeader('content-type', this.metrics.contentType).end(await this.metrics.render());
      return;
    }
    const [status, body] = await this.report(path);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  }

  /** Status and body. */
  private async report(path: string): Promise<[number, object]> {
    if (path === '/health')
      return [200, { status: 'ok', process: 'worker', uptimeSeconds: Math.round(process.uptime()) }];
    if (path !== '/ready')
      return [
        404,
        { error: { code: 404, reason: 'ERR_ROUTE_NOT_FOUND', details: 'only /health, /ready and /metrics' } },
      ];
    const report = await this.readiness.run();
    return [report.ready ? 200 : 503, report];
  }
}
