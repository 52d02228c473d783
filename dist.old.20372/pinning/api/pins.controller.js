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
import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { CurrentUser, Unowned } from '../../accounts/index.js';
import { parseInput } from '../../platform/http/index.js';
import { pinRequestId } from '../../shared/index.js';
import { PinRegistry } from '../requests/pin-registry.js';
import { RequestPins } from '../requests/request-pins.js';
import { DelegatesKnown, RequestRate } from './pin-requests.guard.js';
import { PinPresenter } from './pin.presenter.js';
import { pinSchema } from './pin.dto.js';
import { pinQuerySchema } from './pin-query.dto.js';
export class PinsController {
    constructor(requestPins, registry, presenter){
        this.requestPins = requestPins;
        this.registry = registry;
        this.presenter = presenter;
    }
    async list(caller, query) {
        return this.presenter.page(await this.registry.list(caller.userId, parseInput(pinQuerySchema, query)));
    }
    async add(caller, body) {
        return this.presenter.one(await this.requestPins.run({
            userId: caller.userId,
            spec: parseInput(pinSchema, body)
        }));
    }
    async find(caller, requestId) {
        return this.presenter.one(await this.registry.find(caller.userId, pinRequestId(requestId)));
    }
    async replace(caller, requestId, body) {
        return this.presenter.one(await this.requestPins.run({
            userId: caller.userId,
            spec: parseInput(pinSchema, body),
            replaces: pinRequestId(requestId)
        }));
    }
    async remove(caller, requestId) {
        await this.registry.remove(caller.userId, pinRequestId(requestId));
    }
}
_ts_decorate([
    Get(),
    ApiOperation({
        summary: 'List pins: cid, name and match, status, before, after, limit, meta, requestid'
    }),
    ApiResponse({
        status: 200,
        description: 'PinResults: newest first, with the number of all that match'
    }),
    _ts_param(0, CurrentUser()),
    _ts_param(1, Query()),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof Caller === "undefined" ? Object : Caller,
        Object
    ]),
    _ts_metadata("design:returntype", Promise)
], PinsController.prototype, "list", null);
_ts_decorate([
    Post(),
    HttpCode(202),
    ApiOperation({
        summary: 'Pin a CID: cid, name, origins, meta'
    }),
    ApiResponse({
        status: 202,
        description: 'PinStatus'
    }),
    _ts_param(0, CurrentUser()),
    _ts_param(1, Body()),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof Caller === "undefined" ? Object : Caller,
        Object
    ]),
    _ts_metadata("design:returntype", Promise)
], PinsController.prototype, "add", null);
_ts_decorate([
    Get(':requestid'),
    Unowned(),
    ApiOperation({
        summary: 'One pin'
    }),
    ApiResponse({
        status: 200,
        description: 'PinStatus'
    }),
    _ts_param(0, CurrentUser()),
    _ts_param(1, Param('requestid')),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof Caller === "undefined" ? Object : Caller,
        String
    ]),
    _ts_metadata("design:returntype", Promise)
], PinsController.prototype, "find", null);
_ts_decorate([
    Post(':requestid'),
    HttpCode(202),
    Unowned(),
    ApiOperation({
        summary: 'Replace a pin in one step; the answer has a new request id'
    }),
    ApiResponse({
        status: 202,
        description: 'PinStatus'
    }),
    _ts_param(0, CurrentUser()),
    _ts_param(1, Param('requestid')),
    _ts_param(2, Body()),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof Caller === "undefined" ? Object : Caller,
        String,
        Object
    ]),
    _ts_metadata("design:returntype", Promise)
], PinsController.prototype, "replace", null);
_ts_decorate([
    Delete(':requestid'),
    HttpCode(202),
    Unowned(),
    ApiOperation({
        summary: 'Unpin; a running fetch is cut off'
    }),
    ApiResponse({
        status: 202,
        description: 'Done; the body is empty'
    }),
    _ts_param(0, CurrentUser()),
    _ts_param(1, Param('requestid')),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof Caller === "undefined" ? Object : Caller,
        String
    ]),
    _ts_metadata("design:returntype", Promise)
], PinsController.prototype, "remove", null);
PinsController = _ts_decorate([
    ApiTags('pinning'),
    ApiBearerAuth(),
    UseGuards(RequestRate, DelegatesKnown),
    Controller('pinning/pins'),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof RequestPins === "undefined" ? Object : RequestPins,
        typeof PinRegistry === "undefined" ? Object : PinRegistry,
        typeof PinPresenter === "undefined" ? Object : PinPresenter
    ])
], PinsController);

//# sourceMappingURL=pins.controller.js.map
