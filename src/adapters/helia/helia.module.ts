import {
  Global,
  Injectable,
  Module,
  Optional,
  type BeforeApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
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

/** The embedded node's life in the worker process: up before the workers start, down after they have ended. */
@Injectable()
class EmbeddedHelia extends HeliaIpfsNode implements OnModuleInit, BeforeApplicationShutdown {
  private readonly helia: HeliaNode;

  constructor(
    config: AppConfig,
    blocks: HotBlocks,
    private readonly logger: AppLogger,
    private readonly health: HealthChecks,
    clock: Clock,
    @Optional() egress?: EgressMeter,
  ) {
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
      onSent: (bytes) => egress?.count({ root: '', bytes, channel: 'bitswap' }),
    });
    super(helia, { policy });
    this.helia = helia;
  }

  async onModuleInit(): Promise<void> {
    await this.helia.start();
    this.health.register('ipfs', () => this.helia.assertListening());
    this.logger.info({ peerId: this.helia.peerId, addresses: this.helia.addresses() }, 'IPFS node is up');
  }

  /** Fetches have been told to stop by now, and the CAR store that peers are served from is still open. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.helia.stop();
  }
}

/** Binds the port IpfsNode to Helia in this process. For the worker: the API process has no libp2p. */
@Global()
@Module({ providers: [{ provide: IpfsNode, useClass: EmbeddedHelia }], exports: [IpfsNode] })
export class HeliaModule {}
