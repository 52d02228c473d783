import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Type, DynamicModule } from '@nestjs/common';
import { AppLogger } from '../logging/index.js';
import { Metrics } from '../metrics/index.js';
import { JSON_BODY_LIMIT, registerBodyParsers } from './body-parsing.js';
import { refuseEarly, refuseUnreadable } from './early-errors.js';
import { registerRequestContext, requestIdOf } from './request-context.js';
import { registerRequestMetrics } from './request-metrics.js';
import { RouteTable } from './route-table.js';
import { registerWayDown } from './way-down.js';

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
];

/** The Nest application on Fastify with everything that all routes share. Not yet listening. Also what contract tests of controllers use. */
export async function createHttpApp(root: Type | DynamicModule): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    bodyLimit: JSON_BODY_LIMIT,
    genReqId: requestIdOf,
    // CIDs of long hashes are parameters, too.
    routerOptions: { ignoreTrailingSlash: true, ignoreDuplicateSlashes: false, maxParamLength: 1024 },
    // Uploads take as long as they take.
    requestTimeout: 0,
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
  configureHttpApp(app);
  return app;
}

/** For applications made by the testing module: `configureHttpApp(module.createNestApplication(httpAdapter()))`. */
export function configureHttpApp(app: NestFastifyApplication): void {
  const logger = app.get(AppLogger);
  app.useLogger(logger);
  const instance = app.getHttpAdapter().getInstance();
  const routes = app.get(RouteTable);
  instance.addHook('onRoute', (route) => routes.add(route.url, route.method));
  registerRequestMetrics(instance, app.get(Metrics));
  registerRequestContext(instance, logger);
  registerBodyParsers(instance);
  registerWayDown(instance);
  app.enableCors({
    origin: '*',
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
    exposedHeaders: EXPOSED_HEADERS,
    maxAge: 86_400,
    strictPreflight: false,
  });
}
