import { Global, Module } from '@nestjs/common';
import { AppConfig } from '../../config/index.js';
import { MinerFetcher } from '../../retrieval/index.js';
import { HttpMinerFetcher } from './http-miner-fetcher.js';

/** Fills MinerFetcher over plain HTTP(S). */
@Global()
@Module({
  providers: [
    {
      provide: MinerFetcher,
      inject: [AppConfig],
      useFactory: (config: AppConfig) => new HttpMinerFetcher({ allowPrivate: config.minersDialPrivate }),
    },
  ],
  exports: [MinerFetcher],
})
export class ProviderHttpModule {}
