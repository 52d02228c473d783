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
import { Injectable, RequestMethod } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';
import { PUBLIC_ROUTE } from '../../platform/http/index.js';
import { OwnerRegistry } from '../domain/owner-registry.js';
import { OWNED_KEY, SCOPE_KEY } from './decorators.js';
export class RouteAudit {
    constructor(discovery, scanner, reflector, owners){
        this.discovery = discovery;
        this.scanner = scanner;
        this.reflector = reflector;
        this.owners = owners;
    }
    onApplicationBootstrap() {
        const faults = this.discovery.getControllers().flatMap(({ metatype })=>typeof metatype === 'function' ? this.faultsOf(metatype) : []);
        if (faults.length > 0) throw new Error(`routes without an owner check: ${faults.join('; ')}`);
    }
    faultsOf(controller) {
        const prototype = controller.prototype;
        return this.scanner.getAllMethodNames(prototype).flatMap((name)=>{
            const handler = prototype[name];
            if (!handler || Reflect.getMetadata(METHOD_METADATA, handler) === undefined) return [];
            const fault = this.faultOf(controller, handler);
            const method = RequestMethod[Reflect.getMetadata(METHOD_METADATA, handler)];
            return fault === null ? [] : [
                `${controller.name}.${name} (${method}): ${fault}`
            ];
        });
    }
    faultOf(controller, handler) {
        const both = [
            handler,
            controller
        ];
        if (this.reflector.getAllAndOverride(PUBLIC_ROUTE, both)) return null;
        const thing = this.reflector.get(OWNED_KEY, handler);
        if (thing) return this.owners.find(thing.kind) ? null : `nobody registered the owners of '${thing.kind}'`;
        const named = [
            Reflect.getMetadata(PATH_METADATA, controller),
            Reflect.getMetadata(PATH_METADATA, handler)
        ].flat().some((path)=>typeof path === 'string' && /[:*]/.test(path));
        if (!named || thing === null) return null;
        if (this.reflector.getAllAndOverride(SCOPE_KEY, both) === 'admin') return null;
        return "its path has a parameter: say @Owned, @Unowned, @Public or @RequireScope('admin')";
    }
}
RouteAudit = _ts_decorate([
    Injectable(),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof DiscoveryService === "undefined" ? Object : DiscoveryService,
        typeof MetadataScanner === "undefined" ? Object : MetadataScanner,
        typeof Reflector === "undefined" ? Object : Reflector,
        typeof OwnerRegistry === "undefined" ? Object : OwnerRegistry
    ])
], RouteAudit);

//# sourceMappingURL=route-audit.js.map
