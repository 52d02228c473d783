import type { IncomingMessage } from 'node:http';
import cookies from '@fastify/cookie';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Type, DynamicModule } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import { AppConfig } from '../../config/index.js';
import { AppLogger } from '../logging/index.js';
import { inNetworks } from '../net/index.js';
import { Metrics } from '../metrics/index.js';
import { WriterFence } from '../process/index.js';
import { registerAdmission } from './admission.js';
import { JSON_BODY_LIMIT, registerBodyParsers } from './body-parsing.js';
import { HEADERS_TIMEOUT_MS, LATE_HEADS_CHECK_MS, limitConnections } from './connection-limits.js';
import { ShuttingDown } from './http.errors.js';
import { refuseUnreadable } from './error-answer.js';
import { refuseEarly } from './error-page.js';
import { registerKnownOptions } from './known-options.js';
import {
  registerRequestContext,
  registerRequestMetrics,
  registerStatementDeadline,
  requestIdOf,
} from './request-hooks.js';
import { RouteTable } from './route-table.js';
import { gatherSmallParts } from './small-parts.js';

/** What scripts on other origins may read of an answer (Access-Control-Expose-Headers). */
const EXPOSED_HEADERS = [
  'Content-Length',
  'Content-Range',
  'ETag',
  'Location',
  'Retry-After',
  'X-RateLimit-Limit',
  'X-RateLimit-Remaining',
  'X-RateLimit-Reset',
  'X-Request-Id',
  'X-Ipfs-Path',
  'X-Ipfs-Roots',
  // tus 1.0, and what became of an upload that is complete.
  'Tus-Resumable',
  'Tus-Version',
  'Tus-Extension',
  'Tus-Max-Size',
  'Tus-Checksum-Algorithm',
  'Upload-Offset',
  'Upload-Length',
  'Upload-Metadata',
  'Upload-Concat',
  'Upload-Expires',
  'Upload-Content-Id',
  'Upload-Content-Cid',
];

/**
 * Once shutdown begins, requests that run may end; after this long their connections are cut. The launcher waits
 * longer, by what the rest of the process needs.
 */
const DRAIN_TIMEOUT_MS = 1_800;

/** The path that the router goes by, where the host says a part of it. */
export type PathOf = (request: { url: string; host: string | undefined }) => string;

/**
 * The Nest application on Fastify with everything that all routes share. Not yet listening. Also what contract tests of
 * controllers use. Rejects when a provider cannot be made.
 */
export async function createHttpApp(
  root: Type | DynamicModule,
  pathOf: PathOf = ({ url }) => url,
): Promise<NestFastifyApplication> {
  // Known as soon as there are settings; nothing is asked before.
  let isProxy = (_address: string): boolean => false;
  const adapter = new FastifyAdapter({
    bodyLimit: JSON_BODY_LIMIT,
    genReqId: requestIdOf,
    rewriteUrl: (request: IncomingMessage) => pathOf({ url: request.url ?? '/', host: request.headers.host }),
    // CIDs of long hashes are parameters, too.
    routerOptions: { ignoreTrailingSlash: true, ignoreDuplicateSlashes: false, maxParamLength: 1024 },
    trustProxy: (address: string) => isProxy(address),
    // Uploads take as long as they take, as long as they come (limitConnections).
    requestTimeout: 0,
    http: { headersTimeout: HEADERS_TIMEOUT_MS, connectionsCheckingInterval: LATE_HEADS_CHECK_MS },
    forceCloseConnections: 'idle',
    frameworkErrors: refuseEarly,
    clientErrorHandler: refuseUnreadable,
    return503OnClosing: false,
  });
  const app = await NestFactory.create<NestFastifyApplication>(root as Type, adapter, {
    bodyParser: false,
    bufferLogs: true,
    abortOnError: false,
    autoFlushLogs: true,
  });
  isProxy = inNetworks(app.get(AppConfig).values.TRUSTED_PROXIES);
  configureHttpApp(app);
  return app;
}

/**
 * Request ids, metrics, body parsers, CORS and graceful shutdown, on an application that has no routes yet. For
 * applications made by the testing module: `configureHttpApp(module.createNestApplication(httpAdapter()))`.
 */
export function configureHttpApp(app: NestFastifyApplication): void {
  const logger = app.get(AppLogger);
  app.useLogger(logger);
  const instance = app.getHttpAdapter().getInstance();
  const routes = app.get(RouteTable);
  gatherSmallParts(instance);
  instance.addHook('onRoute', (route) => routes.add(route.url, route.method));
  registerRequestMetrics(instance, app.get(Metrics));
  registerRequestContext(instance, logger);
  registerStatementDeadline(instance, app.get(AppConfig).values.DATABASE_REQUEST_TIMEOUT_SECONDS * 1000);
  registerBodyParsers(instance);
  registerGracefulShutdown(instance);
  registerWriterFence(instance, app.get(WriterFence));
  const { values } = app.get(AppConfig);
  limitConnections(instance, values, inNetworks(values.TRUSTED_PROXIES));
  app.enableCors({
    origin: '*',
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
    exposedHeaders: EXPOSED_HEADERS,
    maxAge: 86_400,
    strictPreflight: false,
  });
  // Whose cookie it is, admission asks.
  instance.register(cookies, { hook: 'onRequest' });
  registerAdmission(app);
  registerKnownOptions(instance);
}

/** While it closes: nothing new is begun, what runs may end, and connections that will not end are cut. */
function registerGracefulShutdown(instance: FastifyInstance): void {
  let closing = false;
  instance.addHook('preClose', (done) => {
    closing = true;
    setTimeout(() => instance.server.closeAllConnections(), DRAIN_TIMEOUT_MS).unref();
    done();
  });
  // Fastify's own refusal has another shape than all the others.
  instance.addHook('onRequest', (_request, _reply, done) =>
    done(closing ? new ShuttingDown('this node is shutting down', { retryAfterMs: 5_000 }) : undefined),
  );
}

/** What changes anything is refused (503) while this process does not know that it alone writes for its node. */
function registerWriterFence(instance: FastifyInstance, fence: WriterFence): void {
  instance.addHook('onRequest', (request, _reply, done) => {
    if (!fence.held && !['GET', 'HEAD', 'OPTIONS'].includes(request.method)) return done(fence.refusal());
    done();
  });
}
