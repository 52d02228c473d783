import { AppLogger } from '../platform/logging/index.js';
import { SystemClock } from '../shared/index.js';
import { openAccountStores } from './store/postgres-account.store.js';
import { PrivateKeyFile } from './store/private-key-file.js';
import { AccountLimits } from './verbs/account-limits.js';
import { ApiKeyRegistry } from './verbs/api-key-registry.js';
import { EnsureAdminKey } from './verbs/ensure-admin-key.js';
import { UserRegistry } from './verbs/user-registry.js';
import { VerifyToken } from './verbs/verify-token.js';
/**
 * The verbs that the command line offers, wired by hand: a command starts in a fraction of the time of a Nest context.
 */ export class AccountCommands {
    constructor(config){
        this.clock = new SystemClock();
        this.stores = openAccountStores(config);
        this.users = new UserRegistry(this.stores.accounts);
        this.apiKeys = new ApiKeyRegistry(this.stores.accounts, this.clock);
        this.limits = new AccountLimits(this.stores.limits, config, this.clock);
    }
    /** The first admin's key in this file, made where it is missing or dead. May be repeated. */ async ensureAdminKey(file) {
        const verifyToken = new VerifyToken(this.stores.accounts, this.clock, new AppLogger({
            level: 'silent',
            process: 'cli'
        }));
        return new EnsureAdminKey(this.stores.accounts, verifyToken, this.apiKeys).run(new PrivateKeyFile(file));
    }
    /** @throws InvalidUsername, UsernameTaken */ async createUser(username, role) {
        return this.users.create({
            username,
            role
        });
    }
    /** The token. @throws UserNotFound, InvalidExpiry */ async createApiKey(command) {
        const { username, ...key } = command;
        const user = await this.users.named(username);
        return (await this.apiKeys.create({
            userId: user.id,
            ...key
        })).token;
    }
    /** @throws UserNotFound, ApiKeyNotFound */ async revokeApiKey(username, key) {
        const user = await this.users.named(username);
        await this.apiKeys.revoke({
            userId: user.id,
            key
        });
    }
    /**
   * What holds for the account after the change, defaults included; an empty change sets nothing.
   * @throws UserNotFound, InvalidLimit
   */ async userLimits(username, change) {
        const user = await this.users.named(username);
        if (Object.keys(change).length > 0) await this.limits.set(user.id, change);
        return this.limits.of(user.id);
    }
    async [Symbol.asyncDispose]() {
        await this.stores.close();
    }
}

//# sourceMappingURL=account-commands.js.map
