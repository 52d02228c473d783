import { Injectable, NotFoundException, RequestMethod, type Type } from '@nestjs/common';
import { METHOD_METADATA } from '@nestjs/common/constants.js';
import { ModulesContainer } from '@nestjs/core';
import { FASTIFY_ROUTE_CONFIG_METADATA } from '@nestjs/platform-fastify/constants.js';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

type Method = (...parameters: unknown[]) => unknown;

/** The method of a controller that answers a route. */
export interface RouteTarget {
  controller: Type;
  handler: Method;
}

/** Who may go on, judged by the head of a request alone. `target` is null for pages that no controller makes. */
export type AdmissionCheck = (
  request: FastifyRequest,
  reply: FastifyReply,
  target: RouteTarget | null,
) => Promise<void> | void;

/**
 * What every request passes before a byte of its body is read: authentication, rates. Rooms add their checks when they
 * are made; each throws its refusal. Paths that no route has pass `unknown` and end as 404.
 */
@Injectable()
export class Admission {
  private readonly checks: AdmissionCheck[] = [];

  /** In the order of their coming. */
  use(check: AdmissionCheck): void {
    this.checks.push(check);
  }

  /** @throws what a check throws: the request goes no further */
  async run(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const target = targetOf(request);
    for (const check of this.checks) await check(request, reply, target);
    if (request.is404) throw new NotFoundException(`no such route: ${request.method} ${request.url.split('?')[0]}`);
  }
}

/**
 * Puts the check of admission behind CORS (a refusal is readable for scripts on other origins, a preflight needs none)
 * and before everything that reads a body. A client that waits for `100 Continue` gets it only when it is admitted
 * (RFC 9110, 10.1.1).
 */
export function registerAdmission(app: NestFastifyApplication): void {
  nameTargets(app);
  const instance = app.getHttpAdapter().getInstance() as unknown as FastifyInstance;
  const admission = app.get(Admission);
  const plugin = (scope: FastifyInstance, _options: object, done: () => void): void => {
    scope.addHook('onRequest', async (request, reply) => {
      await admission.run(request, reply);
      if (/100-continue/i.test(request.headers.expect ?? '')) reply.raw.writeContinue();
    });
    done();
  };
  // Not a scope of its own: the hook is for all routes (what fastify-plugin does).
  instance.register(Object.assign(plugin, { [Symbol.for('skip-override')]: true }));
  instance.server.on('checkContinue', (request, response) => void instance.server.emit('request', request, response));
}

/** Fastify knows a route by its path: its config says which method answers it, so that decorators can be asked. */
function nameTargets(app: NestFastifyApplication): void {
  for (const module of app.get(ModulesContainer).values())
    for (const { metatype } of module.controllers.values())
      if (typeof metatype === 'function') nameMethods(metatype as Type);
}

function nameMethods(controller: Type): void {
  const prototype = controller.prototype as Record<string, Method>;
  for (const name of Object.getOwnPropertyNames(prototype)) {
    if (name === 'constructor') continue;
    const handler = prototype[name];
    if (typeof handler !== 'function' || Reflect.getMetadata(METHOD_METADATA, handler) === undefined) continue;
    const config = Reflect.getMetadata(FASTIFY_ROUTE_CONFIG_METADATA, handler) as object | undefined;
    const target: RouteTarget = { controller, handler };
    Reflect.defineMetadata(FASTIFY_ROUTE_CONFIG_METADATA, { ...config, target }, handler);
  }
}

function targetOf(request: FastifyRequest): RouteTarget | null {
  const { target } = request.routeOptions.config as { target?: RouteTarget };
  return target ?? null;
}

/** GET of `/a/:id` as people write it, for messages and tables. */
export function methodNameOf(handler: Method): string {
  return RequestMethod[Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod];
}
