import { Global, Injectable, Module, Optional, type BeforeApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { CID } from 'multiformats/cid';
import { AppConfig } from '../../config/index.js';
import { HotBlocks } from '../../content/index.js';
import { EgressMeter } from '../../gateway/index.js';
import { DagFetcher, type FetchedBlock, type FetchOptions } from '../../pinning/index.js';
import { HealthChecks } from '../../platform/health/index.js';
import { AppLogger } from '../../platform/logging/index.js';
import { HeliaDagFetcher } from './helia-dag-fetcher.js';
import { HeliaNode } from './helia-node.js';

/** The embedded node's life in the worker process: up before the workers start, down after they have ended. */
@Injectable()
class EmbeddedHelia extends DagFetcher implements OnModuleInit, BeforeApplicationShutdown {
  private readonly node: HeliaNode;
  private readonly fetcher: HeliaDagFetcher;

  constructor(config: AppConfig, blocks: HotBlocks, private readonly logger: AppLogger, private readonly health: HealthChecks, @Optional() egress?: EgressMeter) {
    super();
    const { LIBP2P_LISTEN, LIBP2P_ANNOUNCE } = config.values;
    this.node = new HeliaNode({
      folder: config.inData('libp2p'),
      blocks,
      listen: LIBP2P_LISTEN,
      announce: LIBP2P_ANNOUNCE,
      dialPrivate: config.dialPrivate,
      // Bitswap asks for blocks and never says of which DAG: these bytes are counted under no root.
      onSent: (bytes) => egress?.count({ root: '', bytes, channel: 'bitswap' }),
    });
    this.fetcher = new HeliaDagFetcher(this.node, { dialPrivate: config.dialPrivate });
  }

  async onModuleInit(): Promise<void> {
    await this.node.start();
    this.health.register('ipfs', () => this.node.assertListening());
    this.logger.info({ peerId: this.node.peerId, addresses: this.node.addresses() }, 'IPFS node is up');
  }

  /** Fetches have been told to stop by now, and the CAR store that peers are served from is still open. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.node.stop();
  }

  fetch(root: CID, options: FetchOptions): AsyncIterable<FetchedBlock> {
    return this.fetcher.fetch(root, options);
  }

  delegates(): Promise<string[]> {
    return this.fetcher.delegates();
  }
}

/** Binds the port DagFetcher to Helia in this process. For the worker: the API process has no libp2p. */
@Global()
@Module({ providers: [{ provide: DagFetcher, useClass: EmbeddedHelia }], exports: [DagFetcher] })
export class HeliaModule {}
