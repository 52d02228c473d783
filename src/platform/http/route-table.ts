import { Injectable } from '@nestjs/common';

/** Which methods a path knows: what a 405 has to name. Filled while routes register. */
@Injectable()
export class RouteTable {
  private readonly routes: { pattern: RegExp; method: string; url: string }[] = [];

  /** A route as Fastify registers it: `/a/:id/*`. */
  add(url: string, methods: string | string[]): void {
    const pattern = patternOf(url);
    // OPTIONS is CORS's answer to every path, known or not.
    for (const method of [methods].flat().filter((name) => name !== 'OPTIONS'))
      this.routes.push({ pattern, method, url });
  }

  /** Every route as it was registered, `GET /a/:id/*`, sorted; for tables that have to name all of them. */
  list(): string[] {
    return [...new Set(this.routes.map(({ method, url }) => `${method} ${url}`))].sort();
  }

  /** Methods of all routes that match, sorted; empty for an unknown path. `path` is without its query. */
  methodsOf(path: string): string[] {
    return [...new Set(this.routes.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method))].sort();
  }
}

/** `/a/:id/*` in Fastify's words as an expression. */
function patternOf(url: string): RegExp {
  const source = url
    .split('/')
    .map((part) => {
      if (part.startsWith(':')) return '[^/]+';
      return part
        .split('*')
        .map((text) => text.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
        .join('.*');
    })
    .join('/');
  return new RegExp(`^${source}/?$`);
}
