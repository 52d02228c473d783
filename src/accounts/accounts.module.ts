import { Module } from '@nestjs/common';
import { APP_GUARD, DiscoveryModule } from '@nestjs/core';
import { PassportModule } from '@nestjs/passport';
import { OwnerRegistry } from './domain/owner-registry.js';
import { UsageRegistry } from './domain/usage-registry.js';
import { AccountsController } from './http/accounts.controller.js';
import { AdminUsersController } from './http/admin-users.controller.js';
import { OwnerGuard, ScopeGuard } from './http/access.guards.js';
import { AuthenticationGuard, BearerStrategy } from './http/authentication.guard.js';
import { LimitsController } from './http/limits.controller.js';
import { RequestAdmission } from './http/request-admission.js';
import { RequestRates } from './http/request-rates.js';
import { RouteAudit } from './http/route-audit.js';
import { AccountStore } from './ports/account-store.port.js';
import { LimitStore } from './ports/limit-store.port.js';
import { PostgresAccountStore } from './store/postgres-account.store.js';
import { PostgresLimitStore } from './store/postgres-limit.store.js';
import { AccountLimits } from './verbs/account-limits.js';
import { DealCaps } from './verbs/deal-caps.js';
import { ApiKeyRegistry } from './verbs/api-key-registry.js';
import { UserRegistry } from './verbs/user-registry.js';
import { VerifyToken } from './verbs/verify-token.js';

const verbs = [VerifyToken, UserRegistry, ApiKeyRegistry, AccountLimits, DealCaps];

/**
 * Accounts without HTTP: users, keys, limits, and the registries in which other rooms enter what they own and count.
 */
@Module({
  providers: [
    OwnerRegistry,
    UsageRegistry,
    ...verbs,
    { provide: AccountStore, useClass: PostgresAccountStore },
    { provide: LimitStore, useClass: PostgresLimitStore },
  ],
  exports: [OwnerRegistry, UsageRegistry, ...verbs],
})
export class AccountsModule {}

/** The guards of every route, in this order, and the account's own routes. */
@Module({
  imports: [AccountsModule, DiscoveryModule, PassportModule],
  controllers: [AccountsController, AdminUsersController, LimitsController],
  providers: [
    BearerStrategy,
    RouteAudit,
    AuthenticationGuard,
    ScopeGuard,
    RequestAdmission,
    RequestRates,
    { provide: APP_GUARD, useExisting: AuthenticationGuard },
    { provide: APP_GUARD, useExisting: ScopeGuard },
    { provide: APP_GUARD, useClass: OwnerGuard },
  ],
})
export class AccountsHttpModule {}
