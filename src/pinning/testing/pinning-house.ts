import { randomUUID } from 'node:crypto';
import type { CID } from 'multiformats/cid';
import { AppConfig } from '../../config/index.js';
import { Metrics } from '../../platform/metrics/index.js';
import { userId } from '../../shared/index.js';
import type { PinRecord, PinSpec } from '../domain/pin.js';
import { FetchQueue } from '../ports/fetch-queue.port.js';
import type { WaitingPin } from '../ports/pin-leases.port.js';
import { FetchPin } from '../verbs/fetch-pin.js';
import { ReleasePins } from '../verbs/release-pins.js';
import { RemovePin } from '../verbs/remove-pin.js';
import { RequestPin } from '../verbs/request-pin.js';
import { SweepPins } from '../verbs/sweep-pins.js';
import { BlockMap } from '../../network/testing/block-map.js';
import { FastClock } from './fast-clock.js';
import { InMemoryIpfsNode } from '../../network/testing/in-memory-ipfs-node.js';
import { InMemoryDags, RecordedReleases } from './in-memory-dags.js';
import { InMemoryPins } from './in-memory-pins.js';

/** A queue that only remembers; `broken` loses everything, as a wiped queue does. */
export class RecordedWakeUps extends FetchQueue {
  readonly woken: WaitingPin[] = [];
  broken = false;

  wake(pins: WaitingPin[]): Promise<void> {
    if (!this.broken) this.woken.push(...pins);
    return Promise.resolve();
  }
}

/** The whole room on fakes, with one remote peer at /memory/1. */
export function pinningHouse(settings: Record<string, string> = {}) {
  const clock = new FastClock();
  const pins = new InMemoryPins(clock);
  const dags = new InMemoryDags();
  const queue = new RecordedWakeUps();
  const releases = new RecordedReleases();
  const node = new InMemoryIpfsNode();
  const remote = new BlockMap();
  node.addPeer('/memory/1', remote);
  const config = AppConfig.parse(settings);
  const release = new ReleasePins(pins.store, releases);
  const request = new RequestPin(pins.store, pins.leases, dags, dags.hot, queue);
  const owner = userId(randomUUID());
  return {
    clock, pins, dags, queue, releases, remote, owner,
    request,
    fetch: new FetchPin(pins.leases, node, dags, dags.hot, config, clock),
    remove: new RemovePin(pins.store, release),
    sweep: new SweepPins(pins.leases, queue, release, new Metrics(), clock),
    pin: (root: CID, spec: Partial<PinSpec> = {}): Promise<PinRecord> => request.run({
      userId: owner, spec: { cid: root.toString(), name: null, origins: ['/memory/1'], meta: {}, ...spec },
    }),
    look: (pin: PinRecord) => pins.store.find(pin.userId, pin.requestId),
  };
}
