import { Module } from '@nestjs/common';
import { APP_GUARD, DiscoveryModule } from '@nestjs/core';
import { PassportModule } from '@nestjs/passport';
import { PlatformSwitches } from './domain/platform-switches.js';
import { OwnerRegistry } from './domain/owner-registry.js';
import { UsageRegistry } from './domain/usage-registry.js';
import { AccountsController } from './http/accounts.controller.js';
import { AdminUsersController } from './http/admin-users.controller.js';
import { ViewerController } from './http/viewer.controller.js';
import { AuditController } from './http/audit.controller.js';
import { AuditGuard } from './http/audit.guard.js';
import { LoginLog } from './http/login-log.js';
import { BrowserSessions } from './http/browser-sessions.js';
import { SessionsController } from './http/sessions.controller.js';
import { OwnerGuard, ScopeGuard } from './http/access.guards.js';
import { AuthenticationGuard, BearerStrategy } from './http/authentication.guard.js';
import { InvitesController } from './http/invites.controller.js';
import { LimitsController } from './http/limits.controller.js';
import { LoginRates } from './http/login-rates.js';
import { LoginsController } from './http/logins.controller.js';
import { RequestAdmission } from './http/request-admission.js';
import { RequestRates } from './http/request-rates.js';
import { RouteAudit } from './http/route-audit.js';
import { AccountStore } from './ports/account-store.port.js';
import { SettingsStore } from './ports/settings-store.port.js';
import { AuditLog } from './ports/audit-log.port.js';
import { CredentialStore } from './ports/credential-store.port.js';
import { InviteStore } from './ports/invite-store.port.js';
import { LoginLinkStore } from './ports/login-link-store.port.js';
import { LimitStore } from './ports/limit-store.port.js';
import { PostgresAccountStore } from './store/postgres-account.store.js';
import { PostgresSettingsStore } from './store/postgres-settings.store.js';
import { PostgresAuditLog } from './store/postgres-audit-log.store.js';
import { PostgresCredentialStore } from './store/postgres-credential.store.js';
import { PostgresInviteStore } from './store/postgres-invite.store.js';
import { PostgresLoginLinkStore } from './store/postgres-login-link.store.js';
import { PostgresLimitStore } from './store/postgres-limit.store.js';
import { ContentAdding } from './verbs/content-adding.js';
import { QuotaWarnings } from './verbs/quota-warnings.js';
import { UserPreferences } from './verbs/user-preferences.js';
import { ViewerFactsQuery, ViewerSwitches } from './verbs/viewer-facts.js';
import { ActAs } from './verbs/act-as.js';
import { AccountLimits } from './verbs/account-limits.js';
import { DealCaps } from './verbs/deal-caps.js';
import { ApiKeyRegistry } from './verbs/api-key-registry.js';
import { InviteRegistry } from './verbs/invite-registry.js';
import { LogIn } from './verbs/log-in.js';
import { LoginLinks } from './verbs/login-links.js';
import { PasswordHashing } from './verbs/password-hashing.js';
import { UserRegistry } from './verbs/user-registry.js';
import { VerifyToken } from './verbs/verify-token.js';

const verbs = [
  ActAs,
  ContentAdding,
  QuotaWarnings,
  UserPreferences,
  ViewerSwitches,
  ViewerFactsQuery,
  VerifyToken,
  UserRegistry,
  ApiKeyRegistry,
  AccountLimits,
  DealCaps,
  LogIn,
  InviteRegistry,
  LoginLinks,
  PasswordHashing,
];

/**
 * Accounts without HTTP: users, keys, limits, and the registries in which other rooms enter what they own and count.
 */
@Module({
  providers: [
    OwnerRegistry,
    UsageRegistry,
    PlatformSwitches,
    ...verbs,
    { provide: AccountStore, useClass: PostgresAccountStore },
    { provide: CredentialStore, useClass: PostgresCredentialStore },
    { provide: LoginLinkStore, useClass: PostgresLoginLinkStore },
    { provide: AuditLog, useClass: PostgresAuditLog },
    { provide: SettingsStore, useClass: PostgresSettingsStore },
    { provide: InviteStore, useClass: PostgresInviteStore },
    { provide: LimitStore, useClass: PostgresLimitStore },
  ],
  exports: [OwnerRegistry, UsageRegistry, PlatformSwitches, AuditLog, ...verbs],
})
export class AccountsModule {}

/** The guards of every route, in this order, and the account's own routes. */
@Module({
  imports: [AccountsModule, DiscoveryModule, PassportModule],
  controllers: [
    ViewerController,
    AuditController,
    AccountsController,
    AdminUsersController,
    InvitesController,
    LimitsController,
    LoginsController,
    SessionsController,
  ],
  providers: [
    BearerStrategy,
    RouteAudit,
    AuthenticationGuard,
    ScopeGuard,
    RequestAdmission,
    RequestRates,
    LoginRates,
    BrowserSessions,
    LoginLog,
    { provide: APP_GUARD, useExisting: AuthenticationGuard },
    { provide: APP_GUARD, useExisting: ScopeGuard },
    { provide: APP_GUARD, useClass: OwnerGuard },
    { provide: APP_GUARD, useClass: AuditGuard },
  ],
})
export class AccountsHttpModule {}
