import {
  Global,
  Injectable,
  Module,
  Optional,
  type BeforeApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
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
/** /ready waits two seconds. */
const READY_MS = 1_500;

/** Our Kubo as the worker sees it: away or there, it is no reason not to start. */
@Injectable()
class OurKubo extends KuboIpfsNode implements OnModuleInit, BeforeApplicationShutdown {
  private readonly over = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  private sent: number | null = null;

  constructor(
    config: AppConfig,
    private readonly logger: AppLogger,
    private readonly health: HealthChecks,
    @Optional() private readonly egress?: EgressMeter,
  ) {
    const { KUBO_RPC_URL, KUBO_RPC_AUTH } = config.values;
    if (KUBO_RPC_URL === undefined) throw new Error('KUBO_RPC_URL is not set');
    super(new KuboCommands({ url: KUBO_RPC_URL, auth: KUBO_RPC_AUTH }), {
      policy: new AddressPolicy(config.dialPrivate),
    });
  }

  async onModuleInit(): Promise<void> {
    this.health.register('ipfs', async () => {
      await this.refresh(this.within(READY_MS));
    });
    await this.refresh(this.within(READY_MS)).then(
      ({ peerId, agent }) => {
        this.logger.info({ peerId, agent }, 'IPFS node is a Kubo');
        void this.lookAtFilters();
      },
      (error: unknown) =>
        this.logger.warn({ reason: messageOf(error) }, 'our Kubo does not answer; pins wait until it does'),
    );
    this.timer = setInterval(() => void this.countEgress(), LOOK_MS);
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    this.over.abort(new Error('the worker ends'));
    await this.kubo.close();
  }

  /** Whom Kubo finds by itself it dials by its own rules, which we can only look at. */
  private async lookAtFilters(): Promise<void> {
    const filters = await this.kubo.setting('Swarm.AddrFilters', this.within(LOOK_MS)).catch(() => null);
    if (!Array.isArray(filters) || filters.length === 0)
      this.logger.warn(
        {},
        'our Kubo has no Swarm.AddrFilters: peers that it finds by itself may lead it to private addresses ' +
          '(ipfs config profile apply server)',
      );
  }

  /**
   * Bitswap asks for blocks and never says of which DAG: these bytes are counted under no root. Kubo counts from its
   * own start.
   */
  private async countEgress(): Promise<void> {
    const sent = await this.kubo.sentBytes(this.within(LOOK_MS)).catch(() => null);
    if (sent === null) return;
    const more = this.sent === null ? 0 : sent - (sent < this.sent ? 0 : this.sent);
    this.sent = sent;
    if (more > 0) this.egress?.count({ root: '', bytes: more, channel: 'bitswap' });
  }

  private within(ms: number): AbortSignal {
    return AbortSignal.any([this.over.signal, AbortSignal.timeout(ms)]);
  }
}

/** Binds the port IpfsNode to the Kubo at KUBO_RPC_URL. For the worker: the API process speaks to no peers. */
@Global()
@Module({ providers: [{ provide: IpfsNode, useClass: OurKubo }], exports: [IpfsNode] })
export class KuboModule {}
