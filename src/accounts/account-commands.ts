import type { AppConfig } from '../config/index.js';
import { AppLogger } from '../platform/logging/index.js';
import { SystemClock } from '../shared/index.js';
import type { Role, Scope } from './domain/caller.js';
import type { Limits } from './domain/limits.js';
import { openAccountStores } from './store/open-account-stores.js';
import { PrivateKeyFile } from './store/private-key-file.js';
import { AccountLimits } from './verbs/account-limits.js';
import { ApiKeyRegistry } from './verbs/api-key-registry.js';
import { EnsureAdminKey } from './verbs/ensure-admin-key.js';
import { LoginLinks } from './verbs/login-links.js';
import { UserRegistry } from './verbs/user-registry.js';
import { VerifyToken } from './verbs/verify-token.js';

/**
 * The verbs that the command line offers, wired by hand: a command starts in a fraction of the time of a Nest context.
 */
export class AccountCommands implements AsyncDisposable {
  private readonly stores: ReturnType<typeof openAccountStores>;
  private readonly clock = new SystemClock();
  private readonly users: UserRegistry;
  private readonly apiKeys: ApiKeyRegistry;
  private readonly limits: AccountLimits;

  constructor(config: AppConfig) {
    this.stores = openAccountStores(config);
    this.users = new UserRegistry(this.stores.accounts);
    this.apiKeys = new ApiKeyRegistry(this.stores.accounts, this.clock);
    this.limits = new AccountLimits(this.stores.limits, config, this.clock);
  }

  /** The first admin's key in this file, made where it is missing or dead. May be repeated. */
  async ensureAdminKey(file: string): Promise<{ created: boolean }> {
    const verifyToken = new VerifyToken(
      this.stores.accounts,
      this.clock,
      new AppLogger({ level: 'silent', process: 'cli' }),
    );
    return new EnsureAdminKey(this.stores.accounts, verifyToken, this.apiKeys).run(new PrivateKeyFile(file));
  }

  /** @throws InvalidUsername, UsernameTaken */
  async createUser(username: string, role: Role): Promise<{ id: string; username: string }> {
    return this.users.create({ username, role });
  }

  /** The token. @throws UserNotFound, InvalidExpiry */
  async createApiKey(command: { username: string; scope: Scope; label: string; expiry: string }): Promise<string> {
    const { username, ...key } = command;
    const user = await this.users.named(username);
    return (await this.apiKeys.create({ userId: user.id, ...key })).token;
  }

  /**
   * The path of a page that logs this user in, once and within 15 minutes. Whoever sees it may use it.
   * @throws UserNotFound
   */
  async loginLink(username: string): Promise<string> {
    return new LoginLinks(this.stores.loginLinks, this.stores.accounts, this.clock).create(username);
  }

  /** @throws UserNotFound, ApiKeyNotFound */
  async revokeApiKey(username: string, key: string): Promise<void> {
    const user = await this.users.named(username);
    await this.apiKeys.revoke({ userId: user.id, key });
  }

  /**
   * What holds for the account after the change, defaults included; an empty change sets nothing.
   * @throws UserNotFound, InvalidLimit
   */
  async userLimits(username: string, change: Partial<Limits>): Promise<Limits> {
    const user = await this.users.named(username);
    if (Object.keys(change).length > 0) await this.limits.set(user.id, change);
    return this.limits.of(user.id);
  }

  /** Closes the database connections; no other method may be called afterwards. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.stores.close();
  }
}
