import { RouteConfig } from '@nestjs/platform-fastify';

/** Hands the body on unread as `req.raw`, whatever its content type, JSON included. For uploads. */
export const RawBody = (): MethodDecorator => RouteConfig({ rawBody: true });

/** Whether a route was marked with `@RawBody()`. */
export function wantsRawBody(config: object): boolean {
  return 'rawBody' in config && config.rawBody === true;
}
