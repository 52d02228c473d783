import { SetMetadata, type CustomDecorator } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';

/** Metadata key of routes that anybody may call; the accounts room's guards read it. */
export const PUBLIC_ROUTE = 'tidewater:public';

/** No key is asked for: health, metrics, the gateway, public statistics. */
export const Public = (): CustomDecorator => SetMetadata(PUBLIC_ROUTE, true);

/** Hands the body on unread as `req.raw`, whatever its content type, JSON included. For uploads. */
export const RawBody = (): MethodDecorator => RouteConfig({ rawBody: true });

/** Takes JSON bodies of up to this many bytes instead of 2 MiB. */
export const JsonLimit = (bytes: number): MethodDecorator => RouteConfig({ jsonLimit: bytes });

/** What `@JsonLimit()` said, or null. */
export function jsonLimitOf(config: object): number | null {
  return 'jsonLimit' in config && typeof config.jsonLimit === 'number' ? config.jsonLimit : null;
}

/** Whether a route was marked with `@RawBody()`. */
export function wantsRawBody(config: object): boolean {
  return 'rawBody' in config && config.rawBody === true;
}
