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
import { Body, Controller, Get, HttpCode, Post, Query, Req, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { CurrentUser } from '../../accounts/index.js';
import { InvalidInput, jsonOfGet, JsonLimit, parseInput } from '../../platform/http/index.js';
import { DomainError } from '../../shared/index.js';
import { PinNotFound } from '../pinning.errors.js';
import { PinRegistry } from '../requests/pin-registry.js';
import { RequestPins } from '../requests/request-pins.js';
import { askedInQuery, askedPins, failureOf, isFailure, readBatch } from './batched-pins.dto.js';
import { DelegatesKnown, RequestRate } from './pin-requests.guard.js';
import { PinPresenter } from './pin.presenter.js';
/** 10,000 pins with all that the specification lets them carry in names; more is several calls. */ const MOST_BYTES = 16 * 1024 ** 2;
export class BatchedPinsController {
    constructor(requestPins, registry, presenter){
        this.requestPins = requestPins;
        this.registry = registry;
        this.presenter = presenter;
    }
    async add(caller, body) {
        const items = readBatch(body);
        const outcomes = (await this.requestPins.runMany(caller.userId, items.flatMap((item)=>isFailure(item) ? [] : [
                item
            ]))).values();
        const delegates = await this.presenter.addresses();
        return items.map((item)=>{
            if (isFailure(item)) return item;
            const outcome = outcomes.next().value;
            return outcome instanceof DomainError ? failureOf(outcome) : this.presenter.view(outcome, delegates);
        });
    }
    async find(caller, query, request) {
        const asked = [
            ...parseInput(askedInQuery, query),
            ...parseInput(askedPins, await jsonOfGet(request) ?? [])
        ];
        if (asked.length === 0) throw new InvalidInput('name the pins: requestid or content_id');
        const { byRequest, byContent } = await this.registry.findMany(caller.userId, {
            requestIds: asked.flatMap((item)=>'requestid' in item ? [
                    item.requestid
                ] : []),
            contentIds: asked.flatMap((item)=>'content_id' in item ? [
                    item.content_id
                ] : [])
        });
        const pins = asked.map((item)=>'requestid' in item ? byRequest.get(item.requestid.toLowerCase()) : byContent.get(item.content_id));
        const views = (await this.presenter.all(pins.filter((pin)=>pin !== undefined))).values();
        return pins.map((pin, n)=>pin ? views.next().value : failureOf(new PinNotFound(Object.values(asked[n] ?? {})[0] ?? '')));
    }
}
_ts_decorate([
    Post(),
    HttpCode(202),
    JsonLimit(MOST_BYTES),
    ApiOperation({
        summary: 'Pin up to 10,000 CIDs: an array of {cid, name, origins, meta}'
    }),
    ApiResponse({
        status: 202,
        description: 'An array as long: PinStatus, or {error: {reason, details}}'
    }),
    _ts_param(0, CurrentUser()),
    _ts_param(1, Body()),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof Caller === "undefined" ? Object : Caller,
        Object
    ]),
    _ts_metadata("design:returntype", Promise)
], BatchedPinsController.prototype, "add", null);
_ts_decorate([
    Get(),
    ApiOperation({
        summary: 'Look up many pins: ?requestid=a,b&content_id=1,2, or an array of {content_id} or {requestid} as the body'
    }),
    ApiResponse({
        status: 200,
        description: 'An array as long: PinStatus, or {error: {reason, details}}'
    }),
    _ts_param(0, CurrentUser()),
    _ts_param(1, Query()),
    _ts_param(2, Req()),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof Caller === "undefined" ? Object : Caller,
        Object,
        typeof FastifyRequest === "undefined" ? Object : FastifyRequest
    ]),
    _ts_metadata("design:returntype", Promise)
], BatchedPinsController.prototype, "find", null);
BatchedPinsController = _ts_decorate([
    ApiTags('pinning'),
    ApiBearerAuth(),
    UseGuards(RequestRate, DelegatesKnown),
    Controller('v2/pinning/batched-pins'),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof RequestPins === "undefined" ? Object : RequestPins,
        typeof PinRegistry === "undefined" ? Object : PinRegistry,
        typeof PinPresenter === "undefined" ? Object : PinPresenter
    ])
], BatchedPinsController);

//# sourceMappingURL=batched-pins.controller.js.map
