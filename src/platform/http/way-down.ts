import type { FastifyInstance } from 'fastify';
import { ShuttingDown } from './http.errors.js';

/** On the way down, requests that run may end; after this long their connections are cut. The launcher's patience is longer by what the rest of the process needs. */
const DRAIN_MS = 1_800;

/** While it closes: nothing new is begun, what runs may end, and connections that will not end are cut. */
export function registerWayDown(instance: FastifyInstance): void {
  let leaving = false;
  instance.addHook('preClose', (done) => {
    leaving = true;
    setTimeout(() => instance.server.closeAllConnections(), DRAIN_MS).unref();
    done();
  });
  // Fastify's own refusal has another shape than all the others.
  instance.addHook('onRequest', (_request, _reply, done) =>
    done(leaving ? new ShuttingDown('this node is shutting down', { retryAfterMs: 5_000 }) : undefined),
  );
}
