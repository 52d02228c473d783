import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { withStatementDeadline } from '../prisma/index.js';
import { logContext, type AppLogger } from '../logging/index.js';
import type { Metrics } from '../metrics/index.js';
import { InvalidInput } from './http.errors.js';

/** Seconds: from a pin's status to the download of a film. */
const BUCKETS = [0.005, 0.02, 0.1, 0.5, 2, 10, 60, 300];
/** The client hung up before it had the whole answer, or we had to cut it off (the number that nginx made up). */
const GONE = 499;

/** Others would let a client write what it likes into our log. */
const SANE_ID = /^[\w.:-]{1,64}$/;

/** The caller's `x-request-id` when it is sane, else one of ours. */
export function requestIdOf(request: Pick<IncomingMessage, 'headers'>): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && SANE_ID.test(given) ? given : randomUUID();
}

/**
 * Every line logged below a request carries its id; every answer names it in `x-request-id`; every request leaves one
 * line (refused ones at info, others at debug). `bytes` is what its connection wrote meanwhile, headers included. A
 * path with a NUL is refused (400).
 */
export function registerRequestContext(instance: FastifyInstance, logger: AppLogger): void {
  const sentBefore = new WeakMap<object, number>();

  instance.addHook('onRequest', (request, reply, done) => {
    sentBefore.set(request, request.socket.bytesWritten);
    void reply.header('x-request-id', request.id);
    // Nothing here is named by a NUL, and no database column can be compared with one.
    const refused = request.url.includes('%00') ? new InvalidInput('the address holds a NUL') : undefined;
    logContext.run({ requestId: request.id }, () => done(refused));
  });

  instance.addHook('onResponse', (request, reply, done) => {
    const line = {
      method: request.method,
      path: loggable(request.url),
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime),
      bytes: request.socket.bytesWritten - (sentBefore.get(request) ?? 0),
    };
    if (reply.statusCode >= 400) logger.info(line, 'request');
    else logger.debug(line, 'request');
    done();
  });
}

/** Paths whose last part lets somebody in: one-time links, invites. */
const SECRET_PATHS = /^(\/login\/once\/|\/admin\/invite\/).*/;

/** Without the query, and without keys in the path: people put tokens in both. */
export function loggable(url: string): string {
  return (url.split('?')[0] ?? '').replaceAll(/EST[^/]*ARY/g, 'EST...ARY').replace(SECRET_PATHS, '$1...');
}

/** Whatever a request asks the database, it waits for each answer no longer than this. See `withStatementDeadline`. */
export function registerStatementDeadline(instance: FastifyInstance, milliseconds: number): void {
  instance.addHook('onRequest', (_request, _reply, done) => withStatementDeadline(milliseconds, done));
}

/** Requests by route. The label is the route's pattern: raw paths would make a series of every CID. */
export function registerRequestMetrics(instance: FastifyInstance, metrics: Metrics): void {
  instance.addHook('onRequest', (request, reply, done) => {
    // Fastify's onResponse is not called for answers that were cut off.
    reply.raw.once('close', () => {
      const where = { method: request.method, route: request.routeOptions.url ?? 'none' };
      const status = String(reply.raw.writableFinished ? reply.statusCode : GONE);
      metrics.count(
        'tidewater_http_requests_total',
        'Requests answered, by route pattern and status; 499: broken off before its end',
        { ...where, status },
      );
      metrics.observe(
        'tidewater_http_request_duration_seconds',
        'From the head of a request to the end of its answer, bodies included',
        reply.elapsedTime / 1000,
        where,
        BUCKETS,
      );
    });
    done();
  });
}
