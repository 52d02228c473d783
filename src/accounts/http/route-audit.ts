import { Injectable, RequestMethod, type OnApplicationBootstrap } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';
import { PUBLIC_ROUTE } from '../../platform/http/index.js';
import { OwnerRegistry } from '../domain/owner-registry.js';
import type { Scope } from '../domain/caller.js';
import { OWNED_KEY, SCOPE_KEY, type OwnedThing } from './decorators.js';

type Handler = (...parameters: unknown[]) => unknown;

/**
 * Boot stops when a private route names a thing in its path and nobody said whose it must be: an owner check cannot be
 * forgotten.
 */
@Injectable()
export class RouteAudit implements OnApplicationBootstrap {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly reflector: Reflector,
    private readonly owners: OwnerRegistry,
  ) {}

  /** @throws Error that names every controller, method and fault, so that all can be mended at once */
  onApplicationBootstrap(): void {
    const faults = this.discovery
      .getControllers()
      .flatMap(({ metatype }) => (typeof metatype === 'function' ? this.faultsOf(metatype) : []));
    if (faults.length > 0) throw new Error(`routes without an owner check: ${faults.join('; ')}`);
  }

  private faultsOf(controller: Function): string[] {
    const prototype = controller.prototype as Record<string, Handler>;
    return this.scanner.getAllMethodNames(prototype).flatMap((name) => {
      const handler = prototype[name];
      if (!handler || Reflect.getMetadata(METHOD_METADATA, handler) === undefined) return [];
      const fault = this.faultOf(controller, handler);
      const method = RequestMethod[Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod];
      return fault === null ? [] : [`${controller.name}.${name} (${method}): ${fault}`];
    });
  }

  private faultOf(controller: Function, handler: Handler): string | null {
    const both: [Handler, Function] = [handler, controller];
    if (this.reflector.getAllAndOverride<boolean | undefined>(PUBLIC_ROUTE, both)) return null;
    const thing = this.reflector.get<OwnedThing | null | undefined>(OWNED_KEY, handler);
    if (thing) return this.owners.find(thing.kind) ? null : `nobody registered the owners of '${thing.kind}'`;
    const named = [Reflect.getMetadata(PATH_METADATA, controller), Reflect.getMetadata(PATH_METADATA, handler)]
      .flat()
      .some((path) => typeof path === 'string' && /[:*]/.test(path));
    if (!named || thing === null) return null;
    if (this.reflector.getAllAndOverride<Scope | undefined>(SCOPE_KEY, both) === 'admin') return null;
    return "its path has a parameter: say @Owned, @Unowned, @Public or @RequireScope('admin')";
  }
}
