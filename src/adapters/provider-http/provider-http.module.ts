import { Global, Module } from '@nestjs/common';
import { AppConfig } from '../../config/index.js';
import { AddressPolicy } from '../../platform/net/index.js';
import { MinerFetcher } from '../../retrieval/index.js';
import { HttpMinerFetcher } from './http-miner-fetcher.js';

/** Fills MinerFetcher over plain HTTP(S). */
@Global()
@Module({
  providers: [
    {
      provide: MinerFetcher,
      inject: [AppConfig],
      useFactory: (config: AppConfig) => new HttpMinerFetcher({ policy: new AddressPolicy(config.minersDialPrivate) }),
    },
  ],
  exports: [MinerFetcher],
})
export class ProviderHttpModule {}
