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
import { Body, Controller, Get, Param, Put } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { parseInput } from '../../platform/http/index.js';
import { UsageRegistry } from '../domain/usage-registry.js';
import { AccountLimits } from '../verbs/account-limits.js';
import { UserRegistry } from '../verbs/user-registry.js';
import { limitsSchema } from './accounts.dto.js';
import { presentLimits } from './accounts.presenter.js';
import { CurrentUser, RequireScope } from './decorators.js';
const ANSWER = '`{limits: {pinWeight, bytesQuota, pinsQuota, replicationCap, durationCap, priceCap, verifiedPriceCap, dataCapPerDay, spendPerDay}, ' + 'usage: {bytes, contents, pins, dataCapToday, spendToday}}`; a quota that is null does not exist; attoFIL are text';
export class LimitsController {
    constructor(limits, users, usage){
        this.limits = limits;
        this.users = users;
        this.usage = usage;
    }
    async own(caller) {
        return this.present(caller.userId);
    }
    async change(username, body) {
        const change = parseInput(limitsSchema, body);
        const user = await this.users.named(username);
        await this.limits.set(user.id, change);
        return {
            username: user.username,
            ...await this.present(user.id)
        };
    }
    async present(user) {
        const [limits, usage] = await Promise.all([
            this.limits.of(user),
            this.usage.of([
                user
            ])
        ]);
        return presentLimits(limits, usage.get(user) ?? {});
    }
}
_ts_decorate([
    Get('user/limits'),
    ApiOperation({
        summary: 'What you may have, and what you have'
    }),
    ApiOkResponse({
        description: ANSWER
    }),
    _ts_param(0, CurrentUser()),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof Caller === "undefined" ? Object : Caller
    ]),
    _ts_metadata("design:returntype", Promise)
], LimitsController.prototype, "own", null);
_ts_decorate([
    Put('admin/users/:username/limits'),
    RequireScope('admin'),
    ApiOperation({
        summary: 'Set what an account may have',
        description: "What is not named stays; null takes the account's own quota away, and the platform's default holds. " + 'In force within two seconds. Nothing that is stored is touched by a smaller quota.'
    }),
    ApiParam({
        name: 'username'
    }),
    ApiBody({
        schema: {
            type: 'object',
            properties: {
                pinWeight: {
                    type: 'integer',
                    minimum: 1,
                    maximum: 100
                },
                bytesQuota: {
                    type: 'integer',
                    minimum: 0,
                    nullable: true
                },
                pinsQuota: {
                    type: 'integer',
                    minimum: 0,
                    nullable: true
                },
                replicationCap: {
                    type: 'integer',
                    minimum: 1,
                    maximum: 50,
                    nullable: true
                },
                durationCap: {
                    type: 'integer',
                    minimum: 1,
                    nullable: true,
                    description: 'epochs'
                },
                priceCap: {
                    type: 'string',
                    nullable: true,
                    description: 'attoFIL per GiB per epoch'
                },
                verifiedPriceCap: {
                    type: 'string',
                    nullable: true,
                    description: 'the same, for verified deals'
                },
                dataCapPerDay: {
                    type: 'integer',
                    minimum: 0,
                    nullable: true,
                    description: 'padded bytes'
                },
                spendPerDay: {
                    type: 'string',
                    nullable: true,
                    description: 'attoFIL'
                }
            }
        }
    }),
    ApiOkResponse({
        description: ANSWER
    }),
    _ts_param(0, Param('username')),
    _ts_param(1, Body()),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        String,
        Object
    ]),
    _ts_metadata("design:returntype", Promise)
], LimitsController.prototype, "change", null);
LimitsController = _ts_decorate([
    ApiTags('accounts'),
    ApiBearerAuth(),
    Controller(),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof AccountLimits === "undefined" ? Object : AccountLimits,
        typeof UserRegistry === "undefined" ? Object : UserRegistry,
        typeof UsageRegistry === "undefined" ? Object : UsageRegistry
    ])
], LimitsController);

//# sourceMappingURL=limits.controller.js.map
