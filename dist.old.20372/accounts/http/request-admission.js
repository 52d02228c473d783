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
import { Reflector } from '@nestjs/core';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import { LRUCache } from 'lru-cache';
import { Admission, PUBLIC_ROUTE } from '../../platform/http/index.js';
import { clientOf } from '../../platform/net/index.js';
import { DomainError } from '../../shared/index.js';
import { hashToken } from '../domain/api-key.js';
import { ScopeGuard } from './access.guards.js';
import { AuthenticationGuard, tokenIn } from './authentication.guard.js';
import { RequestRates } from './request-rates.js';
/** A key that is none costs its address as much as so many other requests: each is a look into the database. */ const WRONG_KEY_COST = 10;
const KNOWN_MS = 10 * 60_000;
/** What watches the platform is not to suffer from who else asks at its address: a rate of its own. */ const PROBES = /^\/(health|ready)(\?|$)/;
export class RequestAdmission {
    constructor(admission, authentication, scopes, rates, reflector){
        this.admission = admission;
        this.authentication = authentication;
        this.scopes = scopes;
        this.rates = rates;
        this.reflector = reflector;
        /** Hashes of keys that were good lately: who shows one is no stranger who tries keys. It may be revoked since. */ this.known = new LRUCache({
            max: 10_000,
            ttl: KNOWN_MS
        });
    }
    onModuleInit() {
        this.admission.use((request, reply, target)=>this.admit(request, reply, target));
    }
    /** @throws TooManyRequests, AuthMissing, AuthMissingBearer, InvalidToken, TokenExpired, NotAuthorized */ async admit(request, reply, target) {
        const address = `${PROBES.test(request.url) ? 'probe' : 'address'}:${clientOf(request.ip)}`;
        if (target === null || this.isPublic(target)) {
            await this.rates.passAddress(address);
            return;
        }
        const token = tokenIn(request.headers.authorization);
        const hash = token === null ? null : hashToken(token);
        // Who tries keys is counted before anybody looks them up.
        if (hash === null || !this.known.has(hash)) await this.rates.passAddress(address);
        try {
            await this.authentication.canActivate(contextOf(request, reply, target));
        } catch (error) {
            if (token !== null && error instanceof DomainError && error.status === 401) await this.rates.charge(address, WRONG_KEY_COST - 1);
            throw error;
        }
        if (!request.caller) throw new Error('a request without a caller passed authentication');
        if (hash !== null && !this.known.has(hash)) this.known.set(hash, true);
        await this.rates.passCaller(request.caller);
        this.scopes.canActivate(contextOf(request, reply, target));
    }
    isPublic({ handler, controller }) {
        return this.reflector.getAllAndOverride(PUBLIC_ROUTE, [
            handler,
            controller
        ]) === true;
    }
}
RequestAdmission = _ts_decorate([
    Injectable(),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof Admission === "undefined" ? Object : Admission,
        typeof AuthenticationGuard === "undefined" ? Object : AuthenticationGuard,
        typeof ScopeGuard === "undefined" ? Object : ScopeGuard,
        typeof RequestRates === "undefined" ? Object : RequestRates,
        typeof Reflector === "undefined" ? Object : Reflector
    ])
], RequestAdmission);
/** What Nest's guards ask of. */ function contextOf(request, reply, { controller, handler }) {
    return new ExecutionContextHost([
        request,
        reply
    ], controller, handler);
}

//# sourceMappingURL=request-admission.js.map
