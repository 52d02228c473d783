import { Module, type OnModuleInit } from '@nestjs/common';
import { AccountsModule, UsageRegistry } from '../accounts/index.js';
import { ContentModule } from '../content/index.js';
import { NetworkModule } from '../network/index.js';
import { QueueModule } from '../platform/queue/index.js';
import { AddIpfsController } from './http/add-ipfs.controller.js';
import { BatchedPinsController } from './http/batched-pins.controller.js';
import { DelegatesKnown } from './http/delegates-known.guard.js';
import { PinPresenter } from './http/pin.presenter.js';
import { PinsController } from './http/pins.controller.js';
import { RequestRate } from './http/request-rate.guard.js';
import { BullFetchQueue } from './jobs/bull-fetch-queue.js';
import { PinningProcessor } from './jobs/pinning.processor.js';
import { pinningQueue } from './jobs/pinning.queue.js';
import { PinningSchedule } from './jobs/pinning.schedule.js';
import { ContentRelease } from './ports/content-release.port.js';
import { FetchQueue } from './ports/fetch-queue.port.js';
import { PinLeases } from './ports/pin-leases.port.js';
import { PinStore } from './ports/pin-store.port.js';
import { PinTallies } from './ports/pin-tallies.port.js';
import { SqlPinLeases } from './store/sql-pin-leases.js';
import { SqlPinStore } from './store/sql-pin-store.js';
import { SqlPinTallies } from './store/sql-pin-tallies.js';
import { BringDag } from './verbs/bring-dag.js';
import { DeletePinnedContent } from './verbs/delete-pinned-content.js';
import { FetchPin } from './verbs/fetch-pin.js';
import { FindManyPins } from './verbs/find-many-pins.js';
import { FindPin } from './verbs/find-pin.js';
import { ListPins } from './verbs/list-pins.js';
import { PinAllowance } from './verbs/pin-allowance.js';
import { PinStoredDag } from './verbs/pin-stored-dag.js';
import { ReleasePins } from './verbs/release-pins.js';
import { RemovePin } from './verbs/remove-pin.js';
import { RequestManyPins } from './verbs/request-many-pins.js';
import { RequestPin } from './verbs/request-pin.js';
import { SweepPins } from './verbs/sweep-pins.js';
import { TendPins } from './verbs/tend-pins.js';

/** What pins are and what may be done with them; in both processes. */
@Module({
  imports: [AccountsModule, ContentModule, NetworkModule, QueueModule.register(pinningQueue)],
  providers: [
    { provide: PinStore, useClass: SqlPinStore },
    { provide: PinLeases, useClass: SqlPinLeases },
    { provide: PinTallies, useClass: SqlPinTallies },
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
    PinTallies,
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
    private readonly tallies: PinTallies,
  ) {}

  onModuleInit(): void {
    this.uses.register(async (users) => {
      const pins = await this.tallies.ofUsers(users);
      return new Map(users.map((user) => [user, { pins: pins.get(user) ?? 0 }]));
    });
  }
}

/** Fetching, and the sweeps; worker process, which has the IPFS node (IpfsNode). */
@Module({
  imports: [PinningModule, ContentModule, AccountsModule],
  providers: [PinStoredDag, BringDag, FetchPin, TendPins, SweepPins, PinningProcessor, PinningSchedule],
})
export class PinningJobsModule {}
