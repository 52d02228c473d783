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
import { Controller, Get } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Public, RequireScope } from '../../accounts/index.js';
import { messageOf } from '../../shared/index.js';
import { ChainFacts } from '../verbs/chain-facts.js';
import { balanceView, publicInfo } from './chain.presenter.js';
export class ChainController {
    constructor(chainFacts){
        this.chainFacts = chainFacts;
    }
    async info() {
        let unavailable;
        const orNull = async (fact)=>fact.catch((error)=>{
                unavailable = messageOf(error);
                return null;
            });
        const [head, wallet, version] = await Promise.all([
            orNull(this.chainFacts.head()),
            orNull(this.chainFacts.wallet()),
            orNull(this.chainFacts.nodeVersion())
        ]);
        return publicInfo({
            head,
            address: wallet?.value.address ?? null,
            version: version?.value ?? null,
            price: this.chainFacts.filPrice(),
            unavailable
        });
    }
    async balance() {
        return balanceView(await this.chainFacts.wallet());
    }
    async address() {
        return {
            address: (await this.chainFacts.wallet()).value.address
        };
    }
}
_ts_decorate([
    Get('public/info'),
    Public(),
    ApiOperation({
        summary: 'Which network this is, whose wallet pays, and how far the chain is; says so when the network is a simulated one'
    }),
    ApiOkResponse({
        description: 'network, primaryAddress, head, versions, filPrice, and notice or unavailable where they apply'
    }),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", []),
    _ts_metadata("design:returntype", Promise)
], ChainController.prototype, "info", null);
_ts_decorate([
    Get('admin/balance'),
    RequireScope('admin'),
    ApiBearerAuth(),
    ApiOperation({
        summary: 'The client wallet: balance, market escrow, DataCap'
    }),
    ApiOkResponse({
        description: 'account, balance, marketEscrow, marketLocked, marketAvailable (attoFIL), verifiedClientBalance (bytes or null), the same in FIL'
    }),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", []),
    _ts_metadata("design:returntype", Promise)
], ChainController.prototype, "balance", null);
_ts_decorate([
    Get('admin/fil-address'),
    RequireScope('admin'),
    ApiBearerAuth(),
    ApiOperation({
        summary: 'Address of the client wallet'
    }),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", []),
    _ts_metadata("design:returntype", Promise)
], ChainController.prototype, "address", null);
ChainController = _ts_decorate([
    ApiTags('chain'),
    Controller(),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof ChainFacts === "undefined" ? Object : ChainFacts
    ])
], ChainController);

//# sourceMappingURL=chain.controller.js.map
