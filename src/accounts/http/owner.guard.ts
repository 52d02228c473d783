import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { RecordNotFound } from '../../platform/http/index.js';
import { OwnerRegistry } from '../domain/owner-registry.js';
import { OWNED_KEY, type AuthenticatedRequest, type OwnedThing } from './decorators.js';

/** Third guard: what the path names belongs to the caller. Admins may see everything; others cannot tell "not yours" from "not there". */
@Injectable()
export class OwnerGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly owners: OwnerRegistry,
  ) {}

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
