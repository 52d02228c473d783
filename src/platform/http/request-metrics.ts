import type { FastifyInstance } from 'fastify';
import type { Metrics } from '../metrics/index.js';

/** From a pin's status to the download of a film. */
const BUCKETS = [0.005, 0.02, 0.1, 0.5, 2, 10, 60, 300];
/** The client hung up before it had the whole answer, or we had to cut it off (the number that nginx made up). */
const GONE = 499;

/** Requests by route. The label is the route's pattern: raw paths would make a series of every CID. */
export function registerRequestMetrics(instance: FastifyInstance, metrics: Metrics): void {
  instance.addHook('onRequest', (request, reply, done) => {
    // Fastify's onResponse hears nothing of answers that were cut off.
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
