export { AccountCommands } from './account-commands.js';
export { AccountsHttpModule, AccountsModule } from './accounts.module.js';
export { SCOPES } from './domain/caller.js';
export { NotAuthorized } from './domain/accounts.errors.js';
export { OwnerRegistry } from './domain/owner-registry.js';
export { UsageRegistry } from './domain/usage-registry.js';
export { CurrentUser, Owned, RequireScope, Unowned } from './http/decorators.js';
export { Public } from '../platform/http/index.js';
export { AccountLimits } from './verbs/account-limits.js';
export { DealCaps } from './verbs/deal-caps.js';
export { ApiKeyRegistry } from './verbs/api-key-registry.js';
export { UserRegistry } from './verbs/user-registry.js';
export { VerifyToken } from './verbs/verify-token.js';
export { AccountFigures } from './store/account-figures.query.js';

//# sourceMappingURL=index.js.map
