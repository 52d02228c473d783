import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ModulesContainer } from '@nestjs/core';
import type { Type } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { completeRoutes } from './documented-routes.js';

const METHODS = ['get', 'put', 'post', 'delete', 'patch', 'head', 'options'] as const;

const DESCRIPTION = [
  'Storage and retrieval on IPFS and Filecoin: upload by API key, six deals with six miners, back through the gateway.',
  '',
  'Every failure has one shape: `{"error": {"code": <HTTP status>, "reason": "ERR_...", "details": "<text>"}}`. ' +
    'Programs compare `reason`, which never changes.',
  'The codes of each route are listed with it.',
  'Below `/pinning` it is the Pinning Service specification\'s: `{"error": {"reason", "details"}}`.',
  'Every answer carries `x-request-id`; send one to have it in our logs.',
].join('\n');

/**
 * OpenAPI as pages at /docs and as JSON at /docs-json. `url` is the address under which clients reach us.
 */
export function serveDocs(app: NestFastifyApplication, url: string): void {
  const config = new DocumentBuilder()
    .setTitle('Tidewater')
    .setDescription(DESCRIPTION)
    .setVersion('1')
    .addServer(url)
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'EST...ARY' })
    .build();
  const classes = controllersOf(app);
  SwaggerModule.setup('docs', app, () =>
    completeRoutes(
      nameEveryParameter(
        SwaggerModule.createDocument(app, config, {
          operationIdFactory: (controller, method) => `${controller}_${method}`,
        }),
      ),
      (name) => classes.get(name),
    ),
  );
}

/** Every controller of the application by its class's name. */
function controllersOf(app: NestFastifyApplication): Map<string, Type> {
  const found = new Map<string, Type>();
  for (const module of app.get(ModulesContainer).values())
    for (const { metatype } of module.controllers.values())
      if (typeof metatype === 'function') found.set(metatype.name, metatype as Type);
  return found;
}

/**
 * Adds path parameters that are missing; changes the document that it is given and returns it. What stands in braces in
 * a path is a parameter of it (OpenAPI 3.0, 4.8.8), also where a route takes it by a decorator that Nest's module does
 * not read.
 */
export function nameEveryParameter(document: OpenAPIObject): OpenAPIObject {
  for (const [path, item] of Object.entries(document.paths)) {
    const names = [...path.matchAll(/{([^}]+)}/g)].map(([, name]) => name as string);
    for (const method of METHODS) {
      const operation = item[method];
      if (!operation) continue;
      const known = new Set(
        (operation.parameters ?? []).map((parameter) =>
          'in' in parameter && parameter.in === 'path' ? parameter.name : '',
        ),
      );
      const missing = names
        .filter((name) => !known.has(name))
        .map((name) => ({ name, in: 'path' as const, required: true, schema: { type: 'string' as const } }));
      operation.parameters = [...missing, ...(operation.parameters ?? [])];
    }
  }
  return document;
}
