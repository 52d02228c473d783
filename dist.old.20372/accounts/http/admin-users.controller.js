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
import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { parseInput } from '../../platform/http/index.js';
import { userId } from '../../shared/index.js';
import { UsageRegistry } from '../domain/usage-registry.js';
import { AccountLimits } from '../verbs/account-limits.js';
import { ApiKeyRegistry } from '../verbs/api-key-registry.js';
import { UserRegistry } from '../verbs/user-registry.js';
import { newUserSchema, userPageSchema } from './accounts.dto.js';
import { presentKey, presentUser, presentUserLine } from './accounts.presenter.js';
import { RequireScope } from './decorators.js';
export class AdminUsersController {
    constructor(users, apiKeys, limits, usage){
        this.users = users;
        this.apiKeys = apiKeys;
        this.limits = limits;
        this.usage = usage;
    }
    async list(query) {
        const { limit, after } = parseInput(userPageSchema, query);
        const users = await this.users.list({
            limit,
            ...after === undefined ? {} : {
                after: userId(after)
            }
        });
        const ids = users.map(({ id })=>id);
        const [limits, usage] = await Promise.all([
            this.limits.ofMany(ids),
            this.usage.of(ids)
        ]);
        return users.map((user)=>presentUserLine(user, limits.get(user.id), usage.get(user.id) ?? {}));
    }
    async create(body) {
        const { username, role, expiry } = parseInput(newUserSchema, body);
        const user = await this.users.create({
            username,
            role
        });
        const { key, token } = await this.apiKeys.create({
            userId: user.id,
            scope: role,
            label: 'first key',
            expiry
        });
        return {
            ...presentUser(user),
            apiKey: presentKey(key, token)
        };
    }
}
_ts_decorate([
    Get(),
    ApiOperation({
        summary: 'All users with their limits and what they have, oldest first; next page with `after` = the last id'
    }),
    _ts_param(0, Query()),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        Object
    ]),
    _ts_metadata("design:returntype", Promise)
], AdminUsersController.prototype, "list", null);
_ts_decorate([
    Post(),
    ApiOperation({
        summary: 'Make a user and their first key, which this answer alone shows'
    }),
    _ts_param(0, Body()),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        Object
    ]),
    _ts_metadata("design:returntype", Promise)
], AdminUsersController.prototype, "create", null);
AdminUsersController = _ts_decorate([
    ApiTags('admin'),
    ApiBearerAuth(),
    RequireScope('admin'),
    Controller('admin/users'),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof UserRegistry === "undefined" ? Object : UserRegistry,
        typeof ApiKeyRegistry === "undefined" ? Object : ApiKeyRegistry,
        typeof AccountLimits === "undefined" ? Object : AccountLimits,
        typeof UsageRegistry === "undefined" ? Object : UsageRegistry
    ])
], AdminUsersController);

//# sourceMappingURL=admin-users.controller.js.map
