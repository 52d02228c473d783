import { Module } from '@nestjs/common';
import { APP_GUARD, DiscoveryModule } from '@nestjs/core';
import { PassportModule } from '@nestjs/passport';
import { OwnerRegistry } from './domain/owner-registry.js';
import { UsageRegistry } from './domain/usage-registry.js';
import { AccountsController } from './http/accounts.controller.js';
import { AdminUsersController } from './http/admin-users.controller.js';
import { AuthenticationGuard } from './http/authentication.guard.js';
import { BearerStrategy } from './http/bearer.strategy.js';
import { LimitsController } from './http/limits.controller.js';
import { OwnerGuard } from './http/owner.guard.js';
import { RouteAudit } from './http/route-audit.js';
import { ScopeGuard } from './http/scope.guard.js';
import { AccountStore } from './ports/account-store.port.js';
import { LimitStore } from './ports/limit-store.port.js';
import { PrismaAccountStore } from './store/prisma-account-store.js';
import { PrismaLimitStore } from './store/prisma-limit-store.js';
import { AccountLimits } from './verbs/account-limits.js';
import { CreateApiKey } from './verbs/create-api-key.js';
import { CreateUser } from './verbs/create-user.js';
import { RevokeApiKey } from './verbs/revoke-api-key.js';
import { SetLimits } from './verbs/set-limits.js';
import { VerifyToken } from './verbs/verify-token.js';

const verbs = [VerifyToken, CreateUser, CreateApiKey, RevokeApiKey, AccountLimits, SetLimits];

@Module({
  providers: [
    OwnerRegistry,
    UsageRegistry,
    ...verbs,
    { provide: AccountStore, useClass: PrismaAccountStore },
    { provide: LimitStore, useClass: PrismaLimitStore },
  ],
  exports: [OwnerRegistry, UsageRegistry, ...verbs, AccountStore],
})
export class AccountsModule {}

/** The guards of every route, in this order, and the account's own routes. */
@Module({
  imports: [AccountsModule, DiscoveryModule, PassportModule],
  controllers: [AccountsController, AdminUsersController, LimitsController],
  providers: [
    BearerStrategy,
    RouteAudit,
    { provide: APP_GUARD, useClass: AuthenticationGuard },
    { provide: APP_GUARD, useClass: ScopeGuard },
    { provide: APP_GUARD, useClass: OwnerGuard },
  ],
})
export class AccountsHttpModule {}
