import { Module, type OnModuleInit } from '@nestjs/common';
import { AccountsModule, UsageRegistry } from '../accounts/index.js';
import { ContentModule } from '../content/index.js';
import { NetworkModule } from '../network/index.js';
import { QueueModule } from '../platform/queue/index.js';
import { AddIpfsController } from './api/add-ipfs.controller.js';
import { BatchedPinsController } from './api/batched-pins.controller.js';
import { DelegatesKnown } from './api/delegates-known.guard.js';
import { PinPresenter } from './api/pin.presenter.js';
import { PinsController } from './api/pins.controller.js';
import { RequestRate } from './api/request-rate.guard.js';
import { BullFetchQueue } from './requests/bull-fetch-queue.js';
import { PinningProcessor } from './scheduler/pinning.processor.js';
import { pinningQueue } from './requests/pinning.queue.js';
import { PinningSchedule } from './pinning.subscriptions.js';
import { ContentRelease } from './requests/content-release.port.js';
import { FetchQueue } from './requests/fetch-queue.port.js';
import { PinLeases } from './scheduler/pin-leases.port.js';
import { PinStore } from './requests/pin-store.port.js';
import { PinCounts } from './requests/pin-counts.port.js';
import { PostgresPinLeases } from './scheduler/postgres-pin-leases.store.js';
import { PostgresPinStore } from './requests/postgres-pin.store.js';
import { PostgresPinCounts } from './requests/postgres-pin-counts.store.js';
import { FetchDag } from './fetch/fetch-dag.js';
import { DeletePinnedContent } from './requests/delete-pinned-content.js';
import { FetchPin } from './fetch/fetch-pin.js';
import { FindManyPins } from './requests/find-many-pins.js';
import { FindPin } from './requests/find-pin.js';
import { ListPins } from './requests/list-pins.js';
import { PinAllowance } from './requests/pin-allowance.js';
import { PinStoredDag } from './fetch/pin-stored-dag.js';
import { ReleasePins } from './requests/release-pins.js';
import { RemovePin } from './requests/remove-pin.js';
import { RequestManyPins } from './requests/request-many-pins.js';
import { RequestPin } from './requests/request-pin.js';
import { SweepPins } from './scheduler/sweep-pins.js';
import { PinScheduler } from './scheduler/pin-scheduler.js';

/** What pins are and what may be done with them; in both processes. */
@Module({
  imports: [AccountsModule, ContentModule, NetworkModule, QueueModule.register(pinningQueue)],
  providers: [
    { provide: PinStore, useClass: PostgresPinStore },
    { provide: PinLeases, useClass: PostgresPinLeases },
    { provide: PinCounts, useClass: PostgresPinCounts },
    { provide: FetchQueue, useClass: BullFetchQueue },
    { provide: ContentRelease, useClass: DeletePinnedContent },
    PinAllowance,
    RequestPin,
    RequestManyPins,
    ListPins,
    FindPin,
    FindManyPins,
    RemovePin,
    ReleasePins,
  ],
  exports: [
    PinStore,
    PinLeases,
    PinCounts,
    FetchQueue,
    RequestPin,
    RequestManyPins,
    ListPins,
    FindPin,
    FindManyPins,
    RemovePin,
    ReleasePins,
  ],
})
export class PinningModule {}

/** The Pinning Service API; API process. */
@Module({
  imports: [AccountsModule, PinningModule, NetworkModule],
  controllers: [PinsController, AddIpfsController, BatchedPinsController],
  providers: [PinPresenter, RequestRate, DelegatesKnown],
})
export class PinningHttpModule implements OnModuleInit {
  constructor(
    private readonly uses: UsageRegistry,
    private readonly counts: PinCounts,
  ) {}

  onModuleInit(): void {
    this.uses.register(async (users) => {
      const pins = await this.counts.ofUsers(users);
      return new Map(users.map((user) => [user, { pins: pins.get(user) ?? 0 }]));
    });
  }
}

/** Fetching, and the sweeps; worker process, which has the IPFS node (IpfsNode). */
@Module({
  imports: [PinningModule, ContentModule, AccountsModule],
  providers: [PinStoredDag, FetchDag, FetchPin, PinScheduler, SweepPins, PinningProcessor, PinningSchedule],
})
export class PinningJobsModule {}
