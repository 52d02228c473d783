import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { NotAuthorized } from '../domain/accounts.errors.js';
import { includesScope, type Scope } from '../domain/scope.js';
import { SCOPE_KEY, type AuthenticatedRequest } from './decorators.js';

/** Second guard: the key's scope reaches. */
@Injectable()
export class ScopeGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

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
