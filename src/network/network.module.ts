import { Global, Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/index.js';
import { ContentModule, ProviderAddresses } from '../content/index.js';
import { NetworkAdminController } from './http/network-admin.controller.js';
import { NetworkMetrics } from './jobs/network.metrics.js';
import { NetworkSchedule } from './jobs/network.schedule.js';
import { NetworkSubscriptions } from './jobs/network.subscriptions.js';
import { ProviderRecordStore } from './ports/provider-record-store.port.js';
import { IpfsNodeRegistry } from './store/ipfs-node-registry.store.js';
import { PostgresProviderRecordStore } from './store/postgres-provider-record.store.js';
import { ReprovideNow, StartProviding, StopProviding } from './verbs/provide-requests.js';
import { RegisteredAddresses } from './verbs/registered-addresses.js';
import { ReprovideRoot } from './verbs/reprovide-root.js';
import { Reprovider } from './verbs/reprovider.js';
import { SweepProviderRecords } from './verbs/sweep-provider-records.js';

const verbs = [StartProviding, StopProviding, ReprovideNow];

/** What every process knows of our place in the IPFS network. */
@Module({
  imports: [ContentModule],
  providers: [IpfsNodeRegistry, { provide: ProviderRecordStore, useClass: PostgresProviderRecordStore }, ...verbs],
  exports: [IpfsNodeRegistry, ProviderRecordStore, ...verbs],
})
export class NetworkModule {}

/** What operators see of it, for the process that answers HTTP. */
@Module({ imports: [AccountsModule, NetworkModule], controllers: [NetworkAdminController] })
export class NetworkHttpModule {}

/** What the process that has the IPFS node does by itself. */
@Module({
  imports: [ContentModule, NetworkModule],
  providers: [ReprovideRoot, Reprovider, SweepProviderRecords, NetworkSchedule, NetworkSubscriptions, NetworkMetrics],
})
export class NetworkJobsModule {}

/** Fills content's port. Global because content, upstream, cannot know this room. */
@Global()
@Module({
  imports: [NetworkModule],
  providers: [{ provide: ProviderAddresses, useClass: RegisteredAddresses }],
  exports: [ProviderAddresses],
})
export class NetworkPortsModule {}
