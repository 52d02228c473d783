export { AccountCommands } from './account-commands.js';
export { AccountsHttpModule, AccountsModule } from './accounts.module.js';
export type { Caller } from './domain/caller.js';
export { NotAuthorized } from './domain/accounts.errors.js';
export { OwnerRegistry, type OwnerLookup } from './domain/owner-registry.js';
export { type Role, type Scope, SCOPES } from './domain/scope.js';
export { CurrentUser, Owned, RequireScope, Unowned } from './http/decorators.js';
export { Public } from '../platform/http/index.js';
export { VerifyToken } from './verbs/verify-token.js';
