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
import { HotBlocks } from '../../storage/index.js';
import { EgressMeter } from '../../gateway/index.js';
import { IpfsNode } from '../../network/index.js';
import { HealthChecks } from '../../platform/health/index.js';
import { AppLogger } from '../../platform/logging/index.js';
import { AddressPolicy } from '../../platform/net/index.js';
import { Clock } from '../../shared/index.js';
import { HeliaIpfsNode } from './helia-ipfs-node.js';
import { HeliaNode } from './helia-node.js';
import { routingSettings } from './routing.js';
/** The embedded node's life in the worker process: up before the workers start, down after they have ended. */ let EmbeddedHelia = class EmbeddedHelia extends HeliaIpfsNode {
    constructor(config, blocks, logger, health, clock, egress){
        const { LIBP2P_LISTEN, LIBP2P_ANNOUNCE } = config.values;
        const policy = new AddressPolicy(config.dialPrivate);
        const helia = new HeliaNode({
            folder: config.inData('libp2p'),
            blocks,
            listen: LIBP2P_LISTEN,
            announce: LIBP2P_ANNOUNCE,
            policy,
            routing: routingSettings(config),
            clock,
            // Bitswap asks for blocks and never says of which DAG: these bytes are counted under no root.
            onSent: (bytes)=>egress?.count({
                    root: '',
                    bytes,
                    channel: 'bitswap'
                })
        });
        super(helia, {
            policy
        }), this.logger = logger, this.health = health;
        this.helia = helia;
    }
    async onModuleInit() {
        await this.helia.start();
        this.health.register('ipfs', ()=>this.helia.assertListening());
        this.logger.info({
            peerId: this.helia.peerId,
            addresses: this.helia.addresses()
        }, 'IPFS node is up');
    }
    /** Fetches have been told to stop by now, and the CAR store that peers are served from is still open. */ async beforeApplicationShutdown() {
        await this.helia.stop();
    }
};
EmbeddedHelia = _ts_decorate([
    Injectable(),
    _ts_param(5, Optional()),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof AppConfig === "undefined" ? Object : AppConfig,
        typeof HotBlocks === "undefined" ? Object : HotBlocks,
        typeof AppLogger === "undefined" ? Object : AppLogger,
        typeof HealthChecks === "undefined" ? Object : HealthChecks,
        typeof Clock === "undefined" ? Object : Clock,
        typeof EgressMeter === "undefined" ? Object : EgressMeter
    ])
], EmbeddedHelia);
export class HeliaModule {
}
HeliaModule = _ts_decorate([
    Global(),
    Module({
        providers: [
            {
                provide: IpfsNode,
                useClass: EmbeddedHelia
            }
        ],
        exports: [
            IpfsNode
        ]
    })
], HeliaModule);

//# sourceMappingURL=helia.module.js.map
