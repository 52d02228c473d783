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
import { AuthGuard, PassportStrategy } from '@nestjs/passport';
import { Strategy } from 'passport-http-bearer';
import { PUBLIC_ROUTE } from '../../platform/http/index.js';
import { AuthMissing, AuthMissingBearer, InvalidToken } from '../domain/accounts.errors.js';
import { VerifyToken } from '../verbs/verify-token.js';
/** The token of an Authorization header (RFC 6750, 2.1); null where there is none. */ export function tokenIn(header) {
    return /^Bearer +(\S+)$/i.exec(header ?? '')?.[1] ?? null;
}
export class BearerStrategy extends PassportStrategy(Strategy, 'bearer') {
    constructor(verifyToken){
        super(), this.verifyToken = verifyToken;
    }
    validate(token) {
        return this.verifyToken.run(token);
    }
}
BearerStrategy = _ts_decorate([
    Injectable(),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof VerifyToken === "undefined" ? Object : VerifyToken
    ])
], BearerStrategy);
export class AuthenticationGuard extends AuthGuard('bearer') {
    constructor(reflector){
        super(), this.reflector = reflector;
    }
    async canActivate(context) {
        if (this.reflector.getAllAndOverride(PUBLIC_ROUTE, [
            context.getHandler(),
            context.getClass()
        ])) return true;
        const { headers, caller } = context.switchToHttp().getRequest();
        // Looked at already, before the body came in (RequestAdmission).
        if (caller) return true;
        const header = headers.authorization;
        if (header === undefined || header.trim() === '') throw new AuthMissing('an API key is needed: Authorization: Bearer <key>');
        if (tokenIn(header) === null) throw new AuthMissingBearer('the Authorization header has no bearer token');
        return await super.canActivate(context) === true;
    }
    /**
   * Passport sees the header alone: tokens in queries and bodies end up in logs (RFC 6750, 5.3), so they don't count.
   */ getRequest(context) {
        const authorization = context.switchToHttp().getRequest().headers.authorization;
        return {
            headers: {
                authorization: authorization?.replace(/ +/, ' ')
            }
        };
    }
    handleRequest(error, caller, _info, context) {
        if (error !== null && error !== undefined) throw error instanceof Error ? error : new InvalidToken('the token is not valid', {
            cause: error
        });
        if (!caller) throw new InvalidToken('the token is not valid');
        Object.assign(context.switchToHttp().getRequest(), {
            caller
        });
        return caller;
    }
}
AuthenticationGuard = _ts_decorate([
    Injectable(),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof Reflector === "undefined" ? Object : Reflector
    ])
], AuthenticationGuard);

//# sourceMappingURL=authentication.guard.js.map
