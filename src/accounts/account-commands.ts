import type { AppConfig } from '../config/index.js';
import { AppLogger } from '../platform/logging/index.js';
import { SystemClock } from '../shared/index.js';
import { UserNotFound } from './domain/accounts.errors.js';
import type { Limits } from './domain/limits.js';
import type { Role, Scope } from './domain/scope.js';
import type { AccountStore, User } from './ports/account-store.port.js';
import type { LimitStore } from './ports/limit-store.port.js';
import { openAccountStore } from './store/open-account-store.js';
import { PrivateKeyFile } from './store/private-key-file.js';
import { AccountLimits } from './verbs/account-limits.js';
import { CreateApiKey } from './verbs/create-api-key.js';
import { CreateUser } from './verbs/create-user.js';
import { EnsureAdminKey } from './verbs/ensure-admin-key.js';
import { RevokeApiKey } from './verbs/revoke-api-key.js';
import { SetLimits } from './verbs/set-limits.js';
import { VerifyToken } from './verbs/verify-token.js';

/** The verbs that the command line offers, wired by hand: a command starts in a fraction of the time of a Nest context. */
export class AccountCommands implements AsyncDisposable {
  private readonly store: AccountStore;
  private readonly limits: LimitStore;
  private readonly close: () => Promise<void>;
  private readonly clock = new SystemClock();
  private readonly createKey: CreateApiKey;

  constructor(private readonly config: AppConfig) {
    ({ store: this.store, limits: this.limits, close: this.close } = openAccountStore(config));
    this.createKey = new CreateApiKey(this.store, this.clock);
  }

  async ensureAdminKey(file: string): Promise<{ created: boolean }> {
    const logger = new AppLogger({ level: 'silent', process: 'cli' });
    return new EnsureAdminKey(this.store, new VerifyToken(this.store, this.clock, logger), this.createKey).run(
      new PrivateKeyFile(file),
    );
  }

  async createUser(username: string, role: Role): Promise<{ id: string; username: string }> {
    return new CreateUser(this.store).run({ username, role });
  }

  /** The token. */
  async createApiKey(command: { username: string; scope: Scope; label: string; expiry: string }): Promise<string> {
    const user = await this.userByName(command.username);
    return (
      await this.createKey.run({ userId: user.id, scope: command.scope, label: command.label, expiry: command.expiry })
    ).token;
  }

  async revokeApiKey(username: string, key: string): Promise<void> {
    const user = await this.userByName(username);
    await new RevokeApiKey(this.store, this.clock).run({ userId: user.id, key });
  }

  /** What is set for the account after the change, defaults included; an empty change sets nothing. */
  async userLimits(username: string, change: Partial<Limits>): Promise<Limits> {
    const user =
      Object.keys(change).length > 0
        ? (await new SetLimits(this.store, this.limits).run(username, change)).userId
        : (await this.userByName(username)).id;
    return new AccountLimits(this.limits, this.config, this.clock).of(user);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  private async userByName(username: string): Promise<User> {
    const user = await this.store.userByName(username.toLowerCase());
    if (!user) throw new UserNotFound(`no user ${username}`);
    return user;
  }
}
