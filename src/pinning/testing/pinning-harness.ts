import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { CID } from 'multiformats/cid';
import { testLimits } from '../../accounts/testing/test-limits.js';
import type { AccountLimits } from '../../accounts/index.js';
import { AppConfig } from '../../config/index.js';
import { AccountQuota, type AccountUsage } from '../../content/index.js';
import { AppLogger } from '../../platform/logging/index.js';
import { Metrics } from '../../platform/metrics/index.js';
import { userId, type UserId } from '../../shared/index.js';
import type { PinRecord, PinSpec } from '../pin.js';
import { FetchQueue } from '../requests/fetch-queue.port.js';
import type { ColdDags } from '../fetch/cold-dags.port.js';
import { FetchDag } from '../fetch/fetch-dag.js';
import { FetchPin } from '../fetch/fetch-pin.js';
import { PinAllowance } from '../requests/pin-allowance.js';
import { PinStoredDag } from '../fetch/pin-stored-dag.js';
import { ReleasePins } from '../requests/release-pins.js';
import { RemovePin } from '../requests/remove-pin.js';
import { RequestPin } from '../requests/request-pin.js';
import { SweepPins } from '../scheduler/sweep-pins.js';
import { PinScheduler } from '../scheduler/pin-scheduler.js';
import { BlockMap } from '../../network/testing/block-map.js';
import { FastClock } from './fast-clock.js';
import { InMemoryIpfsNode } from '../../network/testing/in-memory-ipfs-node.js';
import { InMemoryDags, RecordedReleases } from './in-memory-dags.js';
import { InMemoryPins } from './in-memory-pins.js';

/** A queue that only remembers how often it was called. */
export class RecordedWakeUps extends FetchQueue {
  woken = 0;

  wake(): Promise<void> {
    this.woken += 1;
    return Promise.resolve();
  }
}

export interface HarnessOptions {
  limits?: AccountLimits;
  cold?: ColdDags;
}

/** The whole room on fakes, with one remote peer at /memory/1. */
export function pinningHarness(
  settings: Record<string, string> = {},
  { limits = testLimits(), cold }: HarnessOptions = {},
) {
  const clock = new FastClock();
  const pins = new InMemoryPins(clock);
  const dags = new InMemoryDags();
  const queue = new RecordedWakeUps();
  const releases = new RecordedReleases();
  const node = new InMemoryIpfsNode();
  const remote = new BlockMap();
  node.addPeer('/memory/1', remote);
  const config = AppConfig.parse(settings);
  const metrics = new Metrics();
  const release = new ReleasePins(pins.store, releases);
  const request = new RequestPin(
    pins.store,
    pins.leases,
    dags,
    dags.hot,
    queue,
    new PinAllowance(limits, new AccountQuota(limits, usageOf(dags))),
  );
  const owner = userId(randomUUID());
  /** A worker process: as many as are wanted, on the same rows. */
  const worker = () => {
    const bring = new FetchDag(pins.leases, node, dags, dags.hot, new AccountQuota(limits, usageOf(dags)), config);
    const fetch = new FetchPin(
      pins.leases,
      new PinStoredDag(pins.leases, dags, dags.hot, cold),
      bring,
      clock,
      new AppLogger({ level: 'silent', process: 'test' }),
    );
    return new PinScheduler(pins.leases, fetch, limits, metrics, clock, config);
  };
  const busy = () =>
    [...pins.rows.values()].some(
      (row) => !row.deleted && (row.status === 'pinning' || (row.status === 'queued' && row.dueAt <= clock.now())),
    );
  return {
    clock,
    pins,
    dags,
    queue,
    releases,
    node,
    remote,
    owner,
    metrics,
    request,
    worker,
    /** Lets a worker work until no pin is due or held, or until it is told to stop. */
    work: async (shutdown: AbortSignal = new AbortController().signal): Promise<void> => {
      const over = new AbortController();
      const working = worker().run(AbortSignal.any([shutdown, over.signal]));
      while (busy() && !shutdown.aborted) await wait(2);
      over.abort(new Error('enough'));
      await working;
    },
    remove: new RemovePin(pins.store, release),
    sweep: new SweepPins(pins.leases, pins.counts, release, metrics, clock),
    pin: (root: CID, spec: Partial<PinSpec> & { userId?: UserId } = {}): Promise<PinRecord> => {
      const { userId: by = owner, ...over } = spec;
      return request.run({
        userId: by,
        spec: { cid: root.toString(), name: null, origins: ['/memory/1'], meta: {}, ...over },
      });
    },
    look: (pin: PinRecord) => pins.store.find(pin.userId, pin.requestId),
  };
}

function usageOf(dags: InMemoryDags): AccountUsage {
  const counted = async (user: UserId) => {
    const own = [...dags.contents.values()].filter(({ userId: by }) => by === user);
    const sizes = await Promise.all(own.map(async ({ root }) => (await dags.find(CID.parse(root)))?.size ?? 0));
    return { bytes: sizes.reduce((sum, size) => sum + size, 0), contents: own.length };
  };
  return {
    counted,
    ofMany: async (users) =>
      new Map(await Promise.all(users.map(async (user) => [user, await counted(user)] as const))),
  };
}
