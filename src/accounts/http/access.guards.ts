import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { RecordNotFound } from '../../platform/http/index.js';
import { NotAuthorized } from '../domain/accounts.errors.js';
import { includesScope, type Scope } from '../domain/caller.js';
import { OwnerRegistry } from '../domain/owner-registry.js';
import { OWNED_KEY, SCOPE_KEY, type AuthenticatedRequest, type OwnedThing } from './decorators.js';

/** Second guard: the key's scope reaches. */
@Injectable()
export class ScopeGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  /**
   * Looks at the handler first, then at its controller; undecorated routes ask for `user`. Passes when there is no
   * caller: then the route is public. @throws NotAuthorized
   */
  canActivate(context: ExecutionContext): boolean {
    const { caller } = context.switchToHttp().getRequest<AuthenticatedRequest>();
    if (!caller) return true;
    const asked =
      this.reflector.getAllAndOverride<Scope | undefined>(SCOPE_KEY, [context.getHandler(), context.getClass()]) ??
      'user';
    if (!includesScope(caller.scope, asked))
      throw new NotAuthorized(`this needs a key with scope ${asked}; yours has ${caller.scope}`);
    return true;
  }
}

/**
 * Third guard: what the path names belongs to the caller. Admins may see everything; others cannot tell "not yours"
 * from "not there".
 */
@Injectable()
export class OwnerGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly owners: OwnerRegistry,
  ) {}

  /**
   * Looks at the handler's decorator alone. Passes routes that name nothing owned, and public ones. What does not exist
   * is refused to admins, too, before the handler runs.
   * @throws the room's own 404, or RecordNotFound; Error when no room registered the kind
   */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<AuthenticatedRequest>();
    const thing = this.reflector.get<OwnedThing | null | undefined>(OWNED_KEY, context.getHandler());
    if (!thing || !request.caller) return true;
    const id = (request.params as Record<string, string>)[thing.param] ?? '';
    const kind = this.owners.find(thing.kind);
    if (!kind) throw new Error(`nobody registered the owners of ${thing.kind}`);
    const owner = await kind.ownerOf(id);
    const mayPass = owner !== null && (owner === request.caller.userId || request.caller.scope === 'admin');
    if (!mayPass) throw kind.notFound?.(id) ?? new RecordNotFound(`no such ${thing.kind}: ${id}`);
    return true;
  }
}
