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
import { Global, Module } from '@nestjs/common';
import { ChainSource } from '../../chain/index.js';
import { AppConfig } from '../../config/index.js';
import { DealMaker } from '../../deals/index.js';
import { AskSource } from '../../miners/index.js';
import { Metrics } from '../../platform/metrics/index.js';
import { NodeRetriever } from '../../retrieval/index.js';
import { Clock } from '../../shared/index.js';
import { CarFiles } from '../../storage/index.js';
import { LotusAskSource } from './lotus-ask-source.js';
import { LotusChainSource } from './lotus-chain-source.js';
import { LotusClient } from './lotus-client.js';
import { LotusDealMaker } from './lotus-deal-maker.js';
import { LotusNodeRetriever } from './lotus-node-retriever.js';
function clientFrom({ values }, metrics, clock) {
    return new LotusClient({
        url: values.LOTUS_API_URL,
        token: values.LOTUS_API_TOKEN,
        timeoutMs: values.LOTUS_TIMEOUT_SECONDS * 1000,
        clock,
        started: (method)=>{
            const stop = metrics.timer('tidewater_lotus_seconds', 'Calls to the Filecoin node', {
                method
            });
            return (outcome)=>stop({
                    outcome
                });
        }
    });
}
export class LotusModule {
}
LotusModule = _ts_decorate([
    Global(),
    Module({
        providers: [
            {
                provide: LotusClient,
                inject: [
                    AppConfig,
                    Metrics,
                    Clock
                ],
                useFactory: clientFrom
            },
            {
                provide: ChainSource,
                inject: [
                    LotusClient
                ],
                useFactory: (client)=>new LotusChainSource(client)
            },
            {
                provide: AskSource,
                inject: [
                    LotusClient
                ],
                useFactory: (client)=>new LotusAskSource(client)
            },
            {
                provide: DealMaker,
                inject: [
                    LotusClient,
                    CarFiles
                ],
                useFactory: (client, files)=>new LotusDealMaker(client, (id)=>files.localPathOf(id))
            },
            {
                provide: NodeRetriever,
                inject: [
                    LotusClient
                ],
                useFactory: (client)=>new LotusNodeRetriever(client)
            }
        ],
        exports: [
            ChainSource,
            AskSource,
            DealMaker,
            NodeRetriever
        ]
    })
], LotusModule);

//# sourceMappingURL=lotus.module.js.map
