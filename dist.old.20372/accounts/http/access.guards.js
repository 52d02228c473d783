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
import { RecordNotFound } from '../../platform/http/index.js';
import { NotAuthorized } from '../domain/accounts.errors.js';
import { includesScope } from '../domain/caller.js';
import { OwnerRegistry } from '../domain/owner-registry.js';
import { OWNED_KEY, SCOPE_KEY } from './decorators.js';
export class ScopeGuard {
    constructor(reflector){
        this.reflector = reflector;
    }
    canActivate(context) {
        const { caller } = context.switchToHttp().getRequest();
        if (!caller) return true;
        const asked = this.reflector.getAllAndOverride(SCOPE_KEY, [
            context.getHandler(),
            context.getClass()
        ]) ?? 'user';
        if (!includesScope(caller.scope, asked)) throw new NotAuthorized(`this needs a key with scope ${asked}; yours has ${caller.scope}`);
        return true;
    }
}
ScopeGuard = _ts_decorate([
    Injectable(),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof Reflector === "undefined" ? Object : Reflector
    ])
], ScopeGuard);
export class OwnerGuard {
    constructor(reflector, owners){
        this.reflector = reflector;
        this.owners = owners;
    }
    async canActivate(context) {
        const request = context.switchToHttp().getRequest();
        const thing = this.reflector.get(OWNED_KEY, context.getHandler());
        if (!thing || !request.caller) return true;
        const id = request.params[thing.param] ?? '';
        const kind = this.owners.find(thing.kind);
        if (!kind) throw new Error(`nobody registered the owners of ${thing.kind}`);
        const owner = await kind.ownerOf(id);
        const mayPass = owner !== null && (owner === request.caller.userId || request.caller.scope === 'admin');
        if (!mayPass) throw kind.notFound?.(id) ?? new RecordNotFound(`no such ${thing.kind}: ${id}`);
        return true;
    }
}
OwnerGuard = _ts_decorate([
    Injectable(),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof Reflector === "undefined" ? Object : Reflector,
        typeof OwnerRegistry === "undefined" ? Object : OwnerRegistry
    ])
], OwnerGuard);

//# sourceMappingURL=access.guards.js.map
