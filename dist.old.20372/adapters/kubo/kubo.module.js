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
import { Global, Injectable, Module, Optional } from '@nestjs/common';
import { AppConfig } from '../../config/index.js';
import { EgressMeter } from '../../gateway/index.js';
import { IpfsNode } from '../../network/index.js';
import { HealthChecks } from '../../platform/health/index.js';
import { AppLogger } from '../../platform/logging/index.js';
import { AddressPolicy } from '../../platform/net/index.js';
import { messageOf } from '../../shared/index.js';
import { KuboCommands } from './kubo-commands.js';
import { KuboIpfsNode } from './kubo-ipfs-node.js';
const LOOK_MS = 15_000;
/** /ready waits two seconds. */ const READY_MS = 1_500;
/** Our Kubo as the worker sees it: away or there, it is no reason not to start. */ let OurKubo = class OurKubo extends KuboIpfsNode {
    constructor(config, logger, health, egress){
        const { KUBO_RPC_URL, KUBO_RPC_AUTH } = config.values;
        if (KUBO_RPC_URL === undefined) throw new Error('KUBO_RPC_URL is not set');
        super(new KuboCommands({
            url: KUBO_RPC_URL,
            auth: KUBO_RPC_AUTH
        }), {
            policy: new AddressPolicy(config.dialPrivate)
        }), this.logger = logger, this.health = health, this.egress = egress, this.over = new AbortController(), this.sent = null;
    }
    async onModuleInit() {
        this.health.register('ipfs', async ()=>{
            await this.refresh(this.within(READY_MS));
        });
        await this.refresh(this.within(READY_MS)).then(({ peerId, agent })=>{
            this.logger.info({
                peerId,
                agent
            }, 'IPFS node is a Kubo');
            void this.lookAtFilters();
        }, (error)=>this.logger.warn({
                reason: messageOf(error)
            }, 'our Kubo does not answer; pins wait until it does'));
        this.timer = setInterval(()=>void this.countEgress(), LOOK_MS);
    }
    async beforeApplicationShutdown() {
        clearInterval(this.timer);
        this.over.abort(new Error('the worker ends'));
        await this.kubo.close();
    }
    /** Whom Kubo finds by itself it dials by its own rules, which we can only look at. */ async lookAtFilters() {
        const filters = await this.kubo.setting('Swarm.AddrFilters', this.within(LOOK_MS)).catch(()=>null);
        if (!Array.isArray(filters) || filters.length === 0) this.logger.warn({}, 'our Kubo has no Swarm.AddrFilters: peers that it finds by itself may lead it to private addresses (ipfs config profile apply server)');
    }
    /**
   * Bitswap asks for blocks and never says of which DAG: these bytes are counted under no root. Kubo counts from its
   * own start.
   */ async countEgress() {
        const sent = await this.kubo.sentBytes(this.within(LOOK_MS)).catch(()=>null);
        if (sent === null) return;
        const more = this.sent === null ? 0 : sent - (sent < this.sent ? 0 : this.sent);
        this.sent = sent;
        if (more > 0) this.egress?.count({
            root: '',
            bytes: more,
            channel: 'bitswap'
        });
    }
    within(ms) {
        return AbortSignal.any([
            this.over.signal,
            AbortSignal.timeout(ms)
        ]);
    }
};
OurKubo = _ts_decorate([
    Injectable(),
    _ts_param(3, Optional()),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof AppConfig === "undefined" ? Object : AppConfig,
        typeof AppLogger === "undefined" ? Object : AppLogger,
        typeof HealthChecks === "undefined" ? Object : HealthChecks,
        typeof EgressMeter === "undefined" ? Object : EgressMeter
    ])
], OurKubo);
export class KuboModule {
}
KuboModule = _ts_decorate([
    Global(),
    Module({
        providers: [
            {
                provide: IpfsNode,
                useClass: OurKubo
            }
        ],
        exports: [
            IpfsNode
        ]
    })
], KuboModule);

//# sourceMappingURL=kubo.module.js.map
