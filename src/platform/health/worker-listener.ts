import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { AppConfig } from '../../config/index.js';
import { messageOf } from '../../shared/index.js';
import { AppLogger } from '../logging/index.js';
import { Metrics } from '../metrics/index.js';
import { Heartbeat } from './heartbeat.js';
import { InsideAccess, InsideOnly } from './inside-access.js';
import { Readiness } from './readiness.js';

/**
 * The worker's own HTTP listener: /health, /ready and /metrics on WORKER_HOST and WORKER_PORT, answers as the API's, and
 * to the same people. WORKER_PORT=0 takes a free port, which the heartbeat tells.
 */
@Injectable()
export class WorkerListener implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly server = createServer((request, response) => {
    this.answer(request, response).catch((error: unknown) => {
      this.logger.warn({ error: messageOf(error) }, 'worker listener');
      response.destroy();
    });
  });

  constructor(
    private readonly config: AppConfig,
    private readonly readiness: Readiness,
    private readonly metrics: Metrics,
    private readonly heartbeat: Heartbeat,
    private readonly inside: InsideAccess,
    private readonly logger: AppLogger,
  ) {}

  /** Rejects, and so ends the start, when the port cannot be had. */
  async onApplicationBootstrap(): Promise<void> {
    const { WORKER_HOST, WORKER_PORT } = this.config.values;
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(WORKER_PORT, WORKER_HOST, resolve);
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

  private async answer({ url, headers, socket }: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = url?.split('?')[0] ?? '/';
    const seesInside = this.inside.allows(socket.remoteAddress, headers);
    if (path === '/metrics' && seesInside) {
      response.setHeader('content-type', this.metrics.contentType).end(await this.metrics.render());
      return;
    }
    const [status, body] = await this.report(path, seesInside);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  }

  /** Status and body. */
  private async report(path: string, seesInside: boolean): Promise<[number, object]> {
    if (path === '/health')
      return [200, { status: 'ok', process: 'worker', uptimeSeconds: Math.round(process.uptime()) }];
    if (path === '/metrics') {
      const { code, status, message } = new InsideOnly();
      return [status, { error: { code: status, reason: code, details: message } }];
    }
    if (path !== '/ready')
      return [
        404,
        { error: { code: 404, reason: 'ERR_ROUTE_NOT_FOUND', details: 'only /health, /ready and /metrics' } },
      ];
    const report = await this.readiness.run();
    return [report.ready ? 200 : 503, seesInside ? report : { ready: report.ready }];
  }
}
