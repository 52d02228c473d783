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
import { Body, Controller, HttpCode, Post, Query, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { CurrentUser, RequireScope } from '../../accounts/index.js';
import { parseInput } from '../../platform/http/index.js';
import { RequestPins } from '../requests/request-pins.js';
import { DelegatesKnown, RequestRate } from './pin-requests.guard.js';
import { PinPresenter } from './pin.presenter.js';
import { addIpfsQuery, pinSchema } from './pin.dto.js';
export class AddIpfsController {
    constructor(requestPins, presenter){
        this.requestPins = requestPins;
        this.presenter = presenter;
    }
    async add(caller, body, query) {
        const { 'ignore-dupes': ignoreDupes } = parseInput(addIpfsQuery, query);
        return this.presenter.one(await this.requestPins.run({
            userId: caller.userId,
            spec: parseInput(pinSchema, body),
            ignoreDupes
        }));
    }
}
_ts_decorate([
    Post('add-ipfs'),
    HttpCode(202),
    RequireScope('upload'),
    ApiOperation({
        summary: 'Add a CID that the IPFS network has: cid, name, origins, meta'
    }),
    ApiResponse({
        status: 202,
        description: 'The pin, as at /pinning/pins'
    }),
    _ts_param(0, CurrentUser()),
    _ts_param(1, Body()),
    _ts_param(2, Query()),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof Caller === "undefined" ? Object : Caller,
        Object,
        Object
    ]),
    _ts_metadata("design:returntype", Promise)
], AddIpfsController.prototype, "add", null);
AddIpfsController = _ts_decorate([
    ApiTags('content'),
    ApiBearerAuth(),
    UseGuards(RequestRate, DelegatesKnown),
    Controller('content'),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof RequestPins === "undefined" ? Object : RequestPins,
        typeof PinPresenter === "undefined" ? Object : PinPresenter
    ])
], AddIpfsController);

//# sourceMappingURL=add-ipfs.controller.js.map
