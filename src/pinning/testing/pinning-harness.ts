import { randomUUID } from 'node:crypto';
import type { CID } from 'multiformats/cid';
import { TestClock } from '../../../test/support/test-clock.js';
import { until } from '../../../test/support/until.js';
import type { AccountLimits } from '../../accounts/index.js';
import { testLimits } from '../../accounts/testing/test-limits.js';
import { AppConfig } from '../../config/index.js';
import { AccountQuota, type AccountUsage } from '../../content/index.js';
import { BlockMap } from '../../network/testing/block-map.js';
import { InMemoryIpfsNode } from '../../network/testing/in-memory-ipfs-node.js';
import { AppLogger } from '../../platform/logging/index.js';
import { Metrics } from '../../platform/metrics/index.js';
import { InMemoryNotifications } from '../../platform/notifications/testing/in-memory-notifications.js';
import { userId, type ContentId, type UserId } from '../../shared/index.js';
import type { ColdDags } from '../fetch/cold-dags.port.js';
import { FetchDag } from '../fetch/fetch-dag.js';
import { FetchPin } from '../fetch/fetch-pin.js';
import { PinHotDag, PinStoredDag } from '../fetch/pin-stored-dag.js';
import type { PinRecord, PinSpec } from '../pin.js';
import { PinRegistry } from '../requests/pin-registry.js';
import { RequestPins } from '../requests/request-pins.js';
import { PinScheduler } from '../scheduler/pin-scheduler.js';
import { SweepPins } from '../scheduler/sweep-pins.js';
import { InMemoryPins } from './in-memory-pins.js';
import { WatchedDags } from './watched-dags.js';

/** The whole room on fakes, with one remote peer at /memory/1. */
export class PinningHarness {
  readonly clock = TestClock.running();
  readonly pins = new InMemoryPins(this.clock);
  readonly dags = new WatchedDags();
  readonly notifications = new InMemoryNotifications();
  /** Contents that were let go with their pins. */
  readonly released: ContentId[] = [];
  readonly node = new InMemoryIpfsNode();
  readonly remote = new BlockMap();
  readonly metrics = new Metrics();
  readonly owner = userId(randomUUID());
  readonly registry: PinRegistry;
  readonly requestPins: RequestPins;
  readonly sweepPins: SweepPins;
  private readonly config: AppConfig;
  private readonly limits: AccountLimits;
  private readonly quota: AccountQuota;
  private readonly pinHotDag: PinHotDag;
  private readonly coldDags: ColdDags | undefined;

  constructor(settings: Record<string, string> = {}, options: { limits?: AccountLimits; coldDags?: ColdDags } = {}) {
    this.config = AppConfig.parse(settings);
    this.limits = options.limits ?? testLimits();
    this.coldDags = options.coldDags;
    this.quota = new AccountQuota(this.limits, usageOf(this.dags));
    this.node.addPeer('/memory/1', this.remote);
    const { store, leases, counts } = this.pins;
    this.pinHotDag = new PinHotDag(leases, this.dags, this.dags.hotBlocks);
    this.registry = new PinRegistry(store, {
      run: (contentId: ContentId) => {
        this.released.push(contentId);
        return Promise.resolve();
      },
    });
    this.requestPins = new RequestPins(
      store,
      this.pinHotDag,
      this.dags.hotBlocks,
      this.limits,
      this.quota,
      this.notifications,
    );
    this.sweepPins = new SweepPins(leases, counts, this.registry, this.metrics);
  }

  /** The scheduler of a worker process: as many as are wanted, on the same rows. */
  scheduler(): PinScheduler {
    const { leases } = this.pins;
    const fetchDag = new FetchDag(leases, this.node, this.dags, this.dags.hotBlocks, this.quota, this.config);
    const pinStoredDag = new PinStoredDag(this.pinHotDag, this.dags, this.coldDags);
    const logger = new AppLogger({ level: 'silent', process: 'test' });
    const fetchPin = new FetchPin(leases, pinStoredDag, fetchDag, logger);
    return new PinScheduler(leases, fetchPin, this.limits, this.metrics, this.clock, this.config);
  }

  /** Lets a worker work until no pin is due or leased, or until it is told to stop. */
  async work(shutdown: AbortSignal = new AbortController().signal): Promise<void> {
    const over = new AbortController();
    const working = this.scheduler().run(AbortSignal.any([shutdown, over.signal]));
    await until(() => shutdown.aborted || !this.busy(), { intervalMs: 2, timeoutMs: 60_000, what: 'no pin is due' });
    over.abort(new Error('enough'));
    await working;
  }

  pin(
    root: CID,
    { userId: by = this.owner, ...spec }: Partial<PinSpec> & { userId?: UserId } = {},
  ): Promise<PinRecord> {
    return this.requestPins.run({
      userId: by,
      spec: { cid: root.toString(), name: null, origins: ['/memory/1'], meta: {}, ...spec },
    });
  }

  /** The pin as it is now; null: it is gone. */
  look(pin: PinRecord): Promise<PinRecord | null> {
    return this.pins.store.find(pin.userId, pin.requestId);
  }

  private busy(): boolean {
    return [...this.pins.rows.values()].some(
      (row) =>
        !row.deleted && (row.status === 'pinning' || (row.status === 'queued' && row.nextCheckAt <= this.clock.now())),
    );
  }
}

function usageOf(dags: WatchedDags): AccountUsage {
  const counted = (user: UserId) => ({
    bytes: dags.usedBy(user),
    contents: dags.contents.filter(({ userId: by }) => by === user).length,
  });
  return {
    counted: (user) => Promise.resolve(counted(user)),
    ofMany: (users) => Promise.resolve(new Map(users.map((user) => [user, counted(user)]))),
  };
}
