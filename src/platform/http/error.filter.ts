import { Catch, NotFoundException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { messageOf } from '../../shared/index.js';
import { AppLogger } from '../logging/index.js';
import { endAfterAnswer } from './connection-limits.js';
import { answerOf, type ErrorAnswer } from './error-answer.js';
import { sendError } from './error-page.js';
import { RouteTable } from './route-table.js';

/**
 * The one place where failures become HTTP. An answer that has begun is cut off; otherwise the body is that of
 * `sendError`, never cached, and the rest of a refused body is not read.
 */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  constructor(
    private readonly logger: AppLogger,
    private readonly routes: RouteTable,
  ) {}

  /**
   * A client that has gone gets nothing, and nothing is logged. What was not foreseen is logged with the request's id.
   */
  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    // Nobody is there to read an answer: a client that hangs up is no failure of ours.
    if (request.socket.destroyed) return;
    if (reply.raw.headersSent) {
      this.cutOff(error, reply);
      return;
    }
    const answer = this.refine(answerOf(error, request.id), error, request, reply);
    if (answer.unexpected)
      this.logger.error(
        { requestId: request.id, method: request.method, route: request.routeOptions.url, err: error },
        'request failed unexpectedly',
      );
    if (answer.status === 401) void reply.header('www-authenticate', 'Bearer');
    if (answer.retryAfterMs !== undefined)
      void reply.header('retry-after', String(Math.max(1, Math.ceil(answer.retryAfterMs / 1000))));
    endAfterAnswer(request, (name, value) => void reply.header(name, value));
    sendError(request, reply, answer);
  }

  /** Nest answers 404 to a known path with a wrong method; HTTP has a better word (RFC 9110, 15.5.6). */
  private refine(answer: ErrorAnswer, error: unknown, request: FastifyRequest, reply: FastifyReply): ErrorAnswer {
    if (!(error instanceof NotFoundException) || request.routeOptions.url !== undefined) return answer;
    const path = request.url.split('?')[0] ?? '/';
    const allowed = this.routes.methodsOf(path);
    // A pattern may look wider than the router takes it: `/ipfs/` alone is no `/ipfs/*`.
    if (allowed.length === 0 || allowed.includes(request.method))
      return { ...answer, details: `no such route: ${request.method} ${path}` };
    void reply.header('allow', allowed.join(', '));
    return { ...answer, status: 405, reason: 'ERR_METHOD_NOT_ALLOWED', details: `${path} takes ${allowed.join(', ')}` };
  }

  /** Half an answer has left: only a broken connection tells the client that the rest will not come. */
  private cutOff(error: unknown, reply: FastifyReply): void {
    this.logger.warn({ requestId: reply.request.id, error: messageOf(error), err: error }, 'answer broken off');
    reply.raw.destroy();
  }
}
