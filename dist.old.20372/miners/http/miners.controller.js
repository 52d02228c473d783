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
import { Body, Controller, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiOkResponse, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import { Public, RequireScope, Unowned } from '../../accounts/index.js';
import { ZodPipe } from '../../platform/http/index.js';
import { Clock } from '../../shared/index.js';
import { MinerRegistry } from '../verbs/miner-registry.js';
import { RefreshMiner } from '../verbs/refresh-miners.js';
import { addQuery, minerAddress, nameInput, suspendInput } from './miners.dto.js';
import { askView, minerView } from './miners.presenter.js';
const address = new ZodPipe(minerAddress);
export class AdminMinersController {
    constructor(registry, clock){
        this.registry = registry;
        this.clock = clock;
    }
    async all() {
        const now = this.clock.now();
        return (await this.registry.list()).map((miner)=>minerView(miner, now));
    }
    async addOne(miner, { name }) {
        await this.registry.add(miner, name);
        return {};
    }
    async suspendOne(miner, { reason, until }) {
        await this.registry.suspend(miner, reason, until ?? null);
        return {};
    }
    async unsuspendOne(miner) {
        await this.registry.unsuspend(miner);
        return {};
    }
    async setInfo(miner, { name }) {
        await this.registry.rename(miner, name);
        return {};
    }
}
_ts_decorate([
    Get(),
    ApiOperation({
        summary: 'Every miner on record: chain info, ask, breaker, success'
    }),
    ApiOkResponse({
        description: 'A list of miners'
    }),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", []),
    _ts_metadata("design:returntype", Promise)
], AdminMinersController.prototype, "all", null);
_ts_decorate([
    Post('add/:miner'),
    HttpCode(200),
    ApiOperation({
        summary: 'Make a miner known'
    }),
    ApiQuery({
        name: 'name',
        required: false
    }),
    _ts_param(0, Param('miner', address)),
    _ts_param(1, Query(new ZodPipe(addQuery))),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof MinerId === "undefined" ? Object : MinerId,
        typeof z === "undefined" || typeof z.output === "undefined" ? Object : z.output
    ]),
    _ts_metadata("design:returntype", Promise)
], AdminMinersController.prototype, "addOne", null);
_ts_decorate([
    Post('suspend/:miner'),
    HttpCode(200),
    ApiOperation({
        summary: 'No new deals with this miner'
    }),
    ApiBody({
        schema: {
            type: 'object',
            required: [
                'reason'
            ],
            properties: {
                reason: {
                    type: 'string'
                },
                until: {
                    type: 'string',
                    format: 'date-time'
                }
            }
        }
    }),
    _ts_param(0, Param('miner', address)),
    _ts_param(1, Body(new ZodPipe(suspendInput))),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof MinerId === "undefined" ? Object : MinerId,
        typeof z === "undefined" || typeof z.output === "undefined" ? Object : z.output
    ]),
    _ts_metadata("design:returntype", Promise)
], AdminMinersController.prototype, "suspendOne", null);
_ts_decorate([
    Put('unsuspend/:miner'),
    ApiOperation({
        summary: 'New deals with this miner again'
    }),
    _ts_param(0, Param('miner', address)),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof MinerId === "undefined" ? Object : MinerId
    ]),
    _ts_metadata("design:returntype", Promise)
], AdminMinersController.prototype, "unsuspendOne", null);
_ts_decorate([
    Put('set-info/:miner'),
    ApiOperation({
        summary: 'The name under which people see this miner'
    }),
    ApiBody({
        schema: {
            type: 'object',
            required: [
                'name'
            ],
            properties: {
                name: {
                    type: 'string'
                }
            }
        }
    }),
    _ts_param(0, Param('miner', address)),
    _ts_param(1, Body(new ZodPipe(nameInput))),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof MinerId === "undefined" ? Object : MinerId,
        typeof z === "undefined" || typeof z.output === "undefined" ? Object : z.output
    ]),
    _ts_metadata("design:returntype", Promise)
], AdminMinersController.prototype, "setInfo", null);
AdminMinersController = _ts_decorate([
    ApiTags('admin: miners'),
    ApiBearerAuth(),
    RequireScope('admin'),
    Controller('admin/miners'),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof MinerRegistry === "undefined" ? Object : MinerRegistry,
        typeof Clock === "undefined" ? Object : Clock
    ])
], AdminMinersController);
export class AskController {
    constructor(refreshMiner){
        this.refreshMiner = refreshMiner;
    }
    async ask(miner) {
        return askView(miner, await this.refreshMiner.ask(miner));
    }
}
_ts_decorate([
    Get(':miner'),
    Public(),
    Unowned(),
    ApiOperation({
        summary: 'What a miner asks, asked now'
    }),
    ApiOkResponse({
        description: 'miner, price, verifiedPrice (attoFIL per GiB and epoch), minPieceSize, maxPieceSize (padded bytes)'
    }),
    _ts_param(0, Param('miner', address)),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof MinerId === "undefined" ? Object : MinerId
    ]),
    _ts_metadata("design:returntype", Promise)
], AskController.prototype, "ask", null);
AskController = _ts_decorate([
    ApiTags('miners'),
    Controller('public/miners/storage/query'),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof RefreshMiner === "undefined" ? Object : RefreshMiner
    ])
], AskController);

//# sourceMappingURL=miners.controller.js.map
