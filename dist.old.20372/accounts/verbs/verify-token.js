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
import { LRUCache } from 'lru-cache';
import { AppLogger } from '../../platform/logging/index.js';
import { Clock, messageOf } from '../../shared/index.js';
import { InvalidToken, TokenExpired } from '../domain/accounts.errors.js';
import { effectiveScope } from '../domain/caller.js';
import { hashToken, looksLikeToken } from '../domain/api-key.js';
import { AccountStore } from '../ports/account-store.port.js';
/** A revoked key works no longer than this, in every process. */ const REMEMBER_MS = 500;
/** How stale `last_used_at` may be. */ const TOUCH_MS = 60_000;
export class VerifyToken {
    constructor(store, clock, logger){
        this.store = store;
        this.clock = clock;
        this.logger = logger;
        this.touched = new LRUCache({
            max: 10_000
        });
        this.verdicts = new LRUCache({
            max: 10_000,
            ttl: REMEMBER_MS,
            ttlResolution: 0,
            perf: {
                now: ()=>clock.now().getTime()
            },
            fetchMethod: (hash)=>this.look(hash)
        });
    }
    /** @throws InvalidToken, TokenExpired */ async run(token) {
        if (!looksLikeToken(token)) throw new InvalidToken('the token is not valid');
        const verdict = await this.verdicts.fetch(hashToken(token));
        if (!verdict?.caller) throw new InvalidToken('the token is not valid');
        const { caller } = verdict;
        if (caller.expiresAt !== null && caller.expiresAt <= this.clock.now()) throw new TokenExpired('the token has expired');
        this.touch(caller.keyId, verdict.lastUsedAt);
        return caller;
    }
    async look(hash) {
        const found = await this.store.keyByHash(hash);
        if (!found || found.key.revokedAt !== null) return {
            caller: null,
            lastUsedAt: null
        };
        const { key, user } = found;
        return {
            caller: {
                userId: user.id,
                username: user.username,
                role: user.role,
                scope: effectiveScope(key.scope, user.role),
                keyId: key.id,
                expiresAt: key.expiresAt
            },
            lastUsedAt: key.lastUsedAt
        };
    }
    /** Nobody waits for this write, and losing one does no harm. */ touch(keyId, lastUsedAt) {
        const now = this.clock.now();
        const last = Math.max(this.touched.get(keyId) ?? 0, lastUsedAt?.getTime() ?? 0);
        if (now.getTime() - last < TOUCH_MS) return;
        this.touched.set(keyId, now.getTime());
        this.store.touchKey(keyId, now).catch((error)=>this.logger.warn({
                keyId,
                error: messageOf(error)
            }, 'last use of a key not recorded'));
    }
}
VerifyToken = _ts_decorate([
    Injectable(),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof AccountStore === "undefined" ? Object : AccountStore,
        typeof Clock === "undefined" ? Object : Clock,
        typeof AppLogger === "undefined" ? Object : AppLogger
    ])
], VerifyToken);

//# sourceMappingURL=verify-token.js.map
