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
function _ts_param(paramIndex, decorator) {
    return function(target, key) {
        decorator(target, key, paramIndex);
    };
}
import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import { AppConfig } from '../../config/index.js';
import { parseInput } from '../../platform/http/index.js';
import { NotAuthorized } from '../domain/accounts.errors.js';
import { includesScope } from '../domain/caller.js';
import { AccountLimits } from '../verbs/account-limits.js';
import { ApiKeyRegistry } from '../verbs/api-key-registry.js';
import { newKeySchema } from './accounts.dto.js';
import { presentKey, presentViewer } from './accounts.presenter.js';
import { CurrentUser, RequireScope, Unowned } from './decorators.js';
export class AccountsController {
    constructor(apiKeys, limits, config){
        this.apiKeys = apiKeys;
        this.limits = limits;
        this.config = config;
    }
    async viewer(caller) {
        return presentViewer(caller, await this.limits.of(caller.userId), this.config);
    }
    async keys(caller) {
        return (await this.apiKeys.ofUser(caller.userId)).map((key)=>presentKey(key));
    }
    async create(caller, query, body) {
        const { expiry, label, scope: wanted, perms } = parseInput(newKeySchema, {
            ...query,
            ...body
        });
        const scope = scopeFor(wanted ?? perms, caller);
        const { key, token } = await this.apiKeys.create({
            userId: caller.userId,
            scope,
            label,
            expiry
        });
        return presentKey(key, token);
    }
    async revoke(caller, key) {
        await this.apiKeys.revoke({
            userId: caller.userId,
            key
        });
    }
}
_ts_decorate([
    Get('viewer'),
    RequireScope('upload'),
    ApiOperation({
        summary: 'Who this key belongs to, and the settings of the platform'
    }),
    _ts_param(0, CurrentUser()),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof Caller === "undefined" ? Object : Caller
    ]),
    _ts_metadata("design:returntype", Promise)
], AccountsController.prototype, "viewer", null);
_ts_decorate([
    Get('user/api-keys'),
    ApiOperation({
        summary: 'Your keys, newest first; their tokens are not kept and not shown'
    }),
    _ts_param(0, CurrentUser()),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof Caller === "undefined" ? Object : Caller
    ]),
    _ts_metadata("design:returntype", Promise)
], AccountsController.prototype, "keys", null);
_ts_decorate([
    Post('user/api-keys'),
    HttpCode(200),
    ApiOperation({
        summary: 'Make a key. Its token is in this answer and nowhere else, ever'
    }),
    ApiQuery({
        name: 'expiry',
        required: false,
        description: 'Duration (720h, 30d) or false for never; default 720h'
    }),
    ApiQuery({
        name: 'perms',
        required: false,
        description: 'all, upload, user or admin; default all'
    }),
    ApiQuery({
        name: 'label',
        required: false
    }),
    ApiOkResponse({
        description: '`{token, tokenHash, label, expiry, isSession, id, scope, createdAt, lastUsedAt}`'
    }),
    _ts_param(0, CurrentUser()),
    _ts_param(1, Query()),
    _ts_param(2, Body()),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof Caller === "undefined" ? Object : Caller,
        Object,
        Object
    ]),
    _ts_metadata("design:returntype", Promise)
], AccountsController.prototype, "create", null);
_ts_decorate([
    Delete('user/api-keys/:key_or_hash'),
    Unowned(),
    ApiOperation({
        summary: 'Revoke one of your keys, named by token, hash or id; it stops working within a second'
    }),
    _ts_param(0, CurrentUser()),
    _ts_param(1, Param('key_or_hash')),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof Caller === "undefined" ? Object : Caller,
        String
    ]),
    _ts_metadata("design:returntype", Promise)
], AccountsController.prototype, "revoke", null);
AccountsController = _ts_decorate([
    ApiTags('accounts'),
    ApiBearerAuth(),
    Controller(),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof ApiKeyRegistry === "undefined" ? Object : ApiKeyRegistry,
        typeof AccountLimits === "undefined" ? Object : AccountLimits,
        typeof AppConfig === "undefined" ? Object : AppConfig
    ])
], AccountsController);
/** Nobody hands out more than they hold. */ function scopeFor(asked, caller) {
    const scope = asked === undefined || asked === 'all' ? caller.scope : asked;
    if (!includesScope(caller.scope, scope)) throw new NotAuthorized(`a key with scope ${caller.scope} cannot make one with scope ${scope}`);
    return scope;
}

//# sourceMappingURL=accounts.controller.js.map
