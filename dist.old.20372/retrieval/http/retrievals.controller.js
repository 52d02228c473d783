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
import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { RequireScope, Unowned } from '../../accounts/index.js';
import { InvalidInput, parseInput } from '../../platform/http/index.js';
import { parseCid, retrievalId } from '../../shared/index.js';
import { Retrievals } from '../verbs/retrievals.js';
import { presentRetrieval, presentTimeline } from './retrieval.presenter.js';
const page = z.object({
    limit: z.coerce.number().int().min(1).max(500).default(50)
});
const idShape = z.object({
    id: z.uuid()
});
export class RetrievalsController {
    constructor(retrievals){
        this.retrievals = retrievals;
    }
    async list(query) {
        const { limit } = parseInput(page, query);
        return (await this.retrievals.recent(limit)).map(presentRetrieval);
    }
    async one(id) {
        const { retrieval, transitions } = await this.retrievals.byId(retrievalId(parseInput(idShape, {
            id
        }).id));
        return presentTimeline(retrieval, transitions);
    }
    async status(cid) {
        const root = parseCid(cid);
        if (!root) throw new InvalidInput('cid: is not a CID', {
            details: {
                fields: [
                    'cid'
                ]
            }
        });
        const { retrieval, transitions } = await this.retrievals.byRoot(root);
        return presentTimeline(retrieval, transitions);
    }
    async stats(query) {
        const { limit } = parseInput(page, query);
        const [figures, records] = await Promise.all([
            this.retrievals.figures(),
            this.retrievals.recent(limit)
        ]);
        const shown = records.map(presentRetrieval);
        return {
            ...figures,
            records: shown,
            failures: shown.filter(({ state })=>state === 'failed')
        };
    }
}
_ts_decorate([
    Get('retrievals'),
    RequireScope('admin'),
    ApiOperation({
        summary: 'The newest retrievals of everybody'
    }),
    ApiOkResponse({
        description: 'Newest first'
    }),
    _ts_param(0, Query()),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        Object
    ]),
    _ts_metadata("design:returntype", Promise)
], RetrievalsController.prototype, "list", null);
_ts_decorate([
    Get('retrievals/:id'),
    Unowned(),
    ApiOperation({
        summary: 'One retrieval with its timeline and the reason of each miner that failed'
    }),
    ApiOkResponse({
        description: 'The retrieval'
    }),
    _ts_param(0, Param('id')),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        String
    ]),
    _ts_metadata("design:returntype", Promise)
], RetrievalsController.prototype, "one", null);
_ts_decorate([
    Get('retrieval/status/:cid'),
    Unowned(),
    ApiOperation({
        summary: 'The newest retrieval of a root CID, with its timeline'
    }),
    ApiOkResponse({
        description: 'The retrieval'
    }),
    _ts_param(0, Param('cid')),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        String
    ]),
    _ts_metadata("design:returntype", Promise)
], RetrievalsController.prototype, "status", null);
_ts_decorate([
    Get('admin/retrieval/stats'),
    RequireScope('admin'),
    ApiOperation({
        summary: 'Figures over all retrievals, the newest records and the newest failures'
    }),
    ApiOkResponse({
        description: 'Figures, records, failures'
    }),
    _ts_param(0, Query()),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        Object
    ]),
    _ts_metadata("design:returntype", Promise)
], RetrievalsController.prototype, "stats", null);
RetrievalsController = _ts_decorate([
    ApiTags('retrieval'),
    ApiBearerAuth(),
    Controller(),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof Retrievals === "undefined" ? Object : Retrievals
    ])
], RetrievalsController);

//# sourceMappingURL=retrievals.controller.js.map
