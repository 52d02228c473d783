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

function clientFrom({ values }: AppConfig, metrics: Metrics, clock: Clock): LotusClient {
  return new LotusClient({
    url: values.LOTUS_API_URL,
    token: values.LOTUS_API_TOKEN,
    timeoutMs: values.LOTUS_TIMEOUT_SECONDS * 1000,
    clock,
    started: (method) => {
      const stop = metrics.timer('tidewater_lotus_seconds', 'Calls to the Filecoin node', { method });
      return (outcome) => stop({ outcome });
    },
  });
}

/**
 * Fills ChainSource, AskSource, DealMaker and NodeRetriever from one Lotus node. One client: its circuit breaker sees
 * every call.
 */
@Global()
@Module({
  providers: [
    { provide: LotusClient, inject: [AppConfig, Metrics, Clock], useFactory: clientFrom },
    { provide: ChainSource, inject: [LotusClient], useFactory: (client: LotusClient) => new LotusChainSource(client) },
    { provide: AskSource, inject: [LotusClient], useFactory: (client: LotusClient) => new LotusAskSource(client) },
    {
      provide: DealMaker,
      inject: [LotusClient, CarFiles],
      useFactory: (client: LotusClient, files: CarFiles) => new LotusDealMaker(client, (id) => files.localPathOf(id)),
    },
    {
      provide: NodeRetriever,
      inject: [LotusClient],
      useFactory: (client: LotusClient) => new LotusNodeRetriever(client),
    },
  ],
  exports: [ChainSource, AskSource, DealMaker, NodeRetriever],
})
export class LotusModule {}
