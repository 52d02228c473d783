function _ts_decorate(decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") {
        r = Reflect.decorate(decorators, target, key, desc);
    } else {
        for(var i = decorators.length - 1; i >= 0; i--){
            if (d = decorators[i]) {
                r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
            }
        }
    }
    return c > 3 && r && Object.defineProperty(target, key, r), r;
}
function _ts_metadata(metadataKey, metadataValue) {
    if (typeof Reflect === "object" && typeof Reflect.metadata === "function") {
        return Reflect.metadata(metadataKey, metadataValue);
    }
}
import { Injectable } from '@nestjs/common';
import { InvalidUsername, UserNotFound } from '../domain/accounts.errors.js';
import { AccountStore } from '../ports/account-store.port.js';
export class UserRegistry {
    constructor(store){
        this.store = store;
    }
    /** @throws InvalidUsername, UsernameTaken */ async create(command) {
        return this.store.addUser(usernameOf(command.username), command.role);
    }
    /** @throws UserNotFound */ async named(username) {
        const user = await this.store.userByName(username.trim().toLowerCase());
        if (!user) throw new UserNotFound(`no user ${username}`);
        return user;
    }
    /** Oldest first; the next page with `after` = the last id. */ async list(page) {
        return this.store.listUsers(page);
    }
}
UserRegistry = _ts_decorate([
    Injectable(),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof AccountStore === "undefined" ? Object : AccountStore
    ])
], UserRegistry);
/** @throws InvalidUsername */ function usernameOf(text) {
    const name = text.trim().toLowerCase();
    if (!/^[a-z0-9][a-z0-9_.-]{0,31}$/.test(name)) throw new InvalidUsername('username: 1 to 32 letters, digits, dots, dashes or underscores');
    return name;
}

//# sourceMappingURL=user-registry.js.map
