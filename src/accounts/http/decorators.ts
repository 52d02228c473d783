import { SetMetadata, createParamDecorator, type CustomDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Caller } from '../domain/caller.js';
import type { Scope } from '../domain/caller.js';

/** Metadata of `RequireScope`, on a handler or its controller. */
export const SCOPE_KEY = 'tidewater:scope';
/** Metadata of `Owned` and `Unowned`, on handlers alone. */
export const OWNED_KEY = 'tidewater:owned';

/** Metadata of `Audited`. */
export const AUDITED_KEY = 'tidewater:audited';

/** Written down in the audit log, whoever does it; routes of scope `admin` are anyway. */
export const Audited = (): CustomDecorator => SetMetadata(AUDITED_KEY, true);

/** Metadata of `AddsContent`. */
export const ADDS_CONTENT_KEY = 'tidewater:adds-content';

/** On a handler that adds contents, or its controller: refused where an operator switched that off. */
export const AddsContent = (): CustomDecorator => SetMetadata(ADDS_CONTENT_KEY, true);

/** The thing that a path parameter names, and that the caller must own; null: the route checks by itself. */
export interface OwnedThing {
  kind: string;
  param: string;
}

/** A request behind the guards. */
export type AuthenticatedRequest = FastifyRequest & {
  caller?: Caller;
  /** Of a session of the page; undefined for keys and bearer tokens. */
  csrfToken?: string;
};

/** The least scope that a key must have. Undecorated routes ask for 'user'. */
export const RequireScope = (scope: Scope): CustomDecorator => SetMetadata(SCOPE_KEY, scope);

/**
 * `@Owned('content', 'id')`: the path parameter `id` names a content; whoever does not own it gets the 404 of a content
 * that does not exist.
 */
export const Owned = (kind: string, param: string): CustomDecorator =>
  SetMetadata(OWNED_KEY, { kind, param } satisfies OwnedThing);

/**
 * The path parameter names nothing that belongs to anybody (a miner, a chain deal id), or the verb itself looks for the
 * caller's own.
 */
export const Unowned = (): CustomDecorator => SetMetadata(OWNED_KEY, null);

/** The caller, in routes that are not public. */
export const CurrentUser = createParamDecorator(
  (_: unknown, context: ExecutionContext): Caller | undefined =>
    context.switchToHttp().getRequest<AuthenticatedRequest>().caller,
);
