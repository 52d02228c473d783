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
import { Clock } from '../../shared/index.js';
import { ApiKeyNotFound } from '../domain/accounts.errors.js';
import { expiryOf, hashToken, looksLikeToken, newToken } from '../domain/api-key.js';
import { AccountStore } from '../ports/account-store.port.js';
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
export class ApiKeyRegistry {
    constructor(store, clock){
        this.store = store;
        this.clock = clock;
    }
    /** `expiry` as `expiryOf` reads it. @throws InvalidExpiry */ async create(command) {
        const { userId, scope, label, expiry } = command;
        const expiresAt = expiryOf(expiry, this.clock.now());
        const token = newToken();
        return {
            token,
            key: await this.store.addKey({
                userId,
                scope,
                label,
                expiresAt,
                tokenHash: hashToken(token)
            })
        };
    }
    /** Those that were not revoked, newest first. */ async ofUser(userId) {
        return this.store.keysOf(userId);
    }
    /**
   * The user's key by its token, its hash or its id.
   * @throws ApiKeyNotFound when there is no such living key of this user.
   */ async revoke(command) {
        const { userId, key } = command;
        const which = UUID.test(key) ? {
            id: key
        } : {
            tokenHash: looksLikeToken(key) ? hashToken(key) : key
        };
        if (!await this.store.revokeKey(userId, which, this.clock.now())) throw new ApiKeyNotFound('no such key');
    }
}
ApiKeyRegistry = _ts_decorate([
    Injectable(),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof AccountStore === "undefined" ? Object : AccountStore,
        typeof Clock === "undefined" ? Object : Clock
    ])
], ApiKeyRegistry);

//# sourceMappingURL=api-key-registry.js.map
