import { SetMetadata, createParamDecorator } from '@nestjs/common';
export const SCOPE_KEY = 'tidewater:scope';
export const OWNED_KEY = 'tidewater:owned';
/** The least scope that a key must have. Undecorated routes ask for 'user'. */ export const RequireScope = (scope)=>SetMetadata(SCOPE_KEY, scope);
/**
 * `@Owned('content', 'id')`: the path parameter `id` names a content; whoever does not own it gets the 404 of a content
 * that does not exist.
 */ export const Owned = (kind, param)=>SetMetadata(OWNED_KEY, {
        kind,
        param
    });
/**
 * The path parameter names nothing that belongs to anybody (a miner, a chain deal id), or the verb itself looks for the
 * caller's own.
 */ export const Unowned = ()=>SetMetadata(OWNED_KEY, null);
/** The caller, in routes that are not public. */ export const CurrentUser = createParamDecorator((_, context)=>context.switchToHttp().getRequest().caller);

//# sourceMappingURL=decorators.js.map
