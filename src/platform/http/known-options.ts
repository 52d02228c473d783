import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { RouteTarget } from './admission.js';
import { InvalidInput } from './http.errors.js';
import { queryOf } from './route-input.js';

/**
 * Probes add what they like to defeat caches, and the Pinning Service API names its own parameters and lets vendors add
 * some: its JavaScript client writes `meta[app]=...` where the specification has JSON.
 */
const TAKE_ANYTHING = [/^\/(health|ready|metrics)$/, /^\/pinning\/pins(\/.+)?$/];

/**
 * Refuses (400) names in the query that the route does not know: a misspelt option that is passed over does something
 * else than what was asked for. Routes that read their query by themselves are left alone. Runs behind admission and
 * before any body is read.
 */
export function registerKnownOptions(instance: FastifyInstance): void {
  const known = new Map<RouteTarget, ReadonlySet<string> | null>();
  instance.addHook('preParsing', (request, _reply, payload, done) => {
    const { target } = request.routeOptions.config as { target?: RouteTarget };
    if (!target || !request.url.includes('?')) return done(null, payload);
    let names = known.get(target);
    if (names === undefined) {
      names = namesOf(target);
      known.set(target, names);
    }
    done(names === null ? null : refusal(request, names), payload);
  });
}

function namesOf({ controller, handler }: RouteTarget): ReadonlySet<string> | null {
  const schema = queryOf(controller, handler.name);
  return schema?.properties ? new Set(Object.keys(schema.properties)) : null;
}

function refusal(request: FastifyRequest, names: ReadonlySet<string>): InvalidInput | null {
  const unknown = Object.keys(request.query as object).filter((name) => !names.has(name));
  if (unknown.length === 0 || TAKE_ANYTHING.some((path) => path.test(request.url.split('?')[0] ?? ''))) return null;
  const there = names.size === 0 ? 'this route has none' : `there are ${[...names].join(', ')}`;
  return new InvalidInput(
    `no such option in the query: ${unknown.map((name) => name.slice(0, 60)).join(', ')}; ${there}`,
    {
      details: { fields: unknown.map((name) => name.slice(0, 60)) },
    },
  );
}
