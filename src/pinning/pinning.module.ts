import { Module, type OnModuleInit } from '@nestjs/common';
import { AccountsModule, UsageRegistry } from '../accounts/index.js';
import { ContentModule } from '../content/index.js';
import { NetworkModule } from '../network/index.js';
import { AddIpfsController } from './api/add-ipfs.controller.js';
import { BatchedPinsController } from './api/batched-pins.controller.js';
import { DelegatesKnown, RequestRate } from './api/pin-requests.guard.js';
import { PinPresenter } from './api/pin.presenter.js';
import { PinsController } from './api/pins.controller.js';
import { FetchDag } from './fetch/fetch-dag.js';
import { FetchPin } from './fetch/fetch-pin.js';
import { PinHotDag, PinStoredDag } from './fetch/pin-stored-dag.js';
import { PinningSubscriptions } from './pinning.subscriptions.js';
import { PinRegistry } from './requests/pin-registry.js';
import { PinCounts, PinStore } from './requests/pin-store.port.js';
import { PostgresPinCounts } from './requests/postgres-pin-counts.store.js';
import { PostgresPinStore } from './requests/postgres-pin.store.js';
import { RequestPins } from './requests/request-pins.js';
import { PinLeases } from './scheduler/pin-leases.port.js';
import { PinScheduler } from './scheduler/pin-scheduler.js';
import { PostgresPinLeases } from './scheduler/postgres-pin-leases.store.js';
import { SweepPins } from './scheduler/sweep-pins.js';

/** What pins are and what may be done with them; in both processes. */
@Module({
  imports: [AccountsModule, ContentModule, NetworkModule],
  providers: [
    { provide: PinStore, useClass: PostgresPinStore },
    { provide: PinLeases, useClass: PostgresPinLeases },
    { provide: PinCounts, useClass: PostgresPinCounts },
    PinHotDag,
    RequestPins,
    PinRegistry,
  ],
  exports: [PinLeases, PinCounts, PinHotDag, RequestPins, PinRegistry],
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

  /** Accounts show how many pins they have. */
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
  providers: [PinStoredDag, FetchDag, FetchPin, PinScheduler, SweepPins, PinningSubscriptions],
})
export class PinningJobsModule {}
