import { Global, Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/index.js';
import { ContentModule, ProviderAddresses } from '../content/index.js';
import { NetworkAdminController } from './http/network-admin.controller.js';
import { NetworkGauges } from './jobs/network-gauges.js';
import { NetworkSchedule } from './jobs/network.schedule.js';
import { NetworkSubscriptions } from './jobs/network.subscriptions.js';
import { AnnouncementBook } from './ports/announcement-book.port.js';
import { AnnouncementList } from './ports/announcement-list.port.js';
import { AnnouncementUpkeep } from './ports/announcement-upkeep.port.js';
import { DelegateBoard } from './ports/delegate-board.port.js';
import { SqlAnnouncementBook } from './store/sql-announcement-book.js';
import { SqlAnnouncementList } from './store/sql-announcement-list.js';
import { SqlAnnouncementUpkeep } from './store/sql-announcement-upkeep.js';
import { SqlDelegateBoard } from './store/sql-delegate-board.js';
import { AnnounceRoot } from './verbs/announce-root.js';
import { AnnounceRoots } from './verbs/announce-roots.js';
import { HoldRoots } from './verbs/hold-roots.js';
import { OurAddresses } from './verbs/our-addresses.js';
import { SweepAnnouncements } from './verbs/sweep-announcements.js';
import { UrgeRoots } from './verbs/urge-roots.js';
import { WithdrawRoots } from './verbs/withdraw-roots.js';

const stores = [
  { provide: DelegateBoard, useClass: SqlDelegateBoard },
  { provide: AnnouncementBook, useClass: SqlAnnouncementBook },
  { provide: AnnouncementList, useClass: SqlAnnouncementList },
  { provide: AnnouncementUpkeep, useClass: SqlAnnouncementUpkeep },
];
const verbs = [HoldRoots, WithdrawRoots, UrgeRoots];

/** What every process knows of our place in the IPFS network. */
@Module({
  imports: [ContentModule],
  providers: [...stores, ...verbs],
  exports: [...stores.map(({ provide }) => provide), ...verbs],
})
export class NetworkModule {}

@Module({ imports: [AccountsModule, NetworkModule], controllers: [NetworkAdminController] })
export class NetworkHttpModule {}

/** What the process that has the IPFS node does by itself. */
@Module({
  imports: [ContentModule, NetworkModule],
  providers: [AnnounceRoot, AnnounceRoots, SweepAnnouncements, NetworkSchedule, NetworkSubscriptions, NetworkGauges],
})
export class NetworkJobsModule {}

/** Fills content's port. Global because content, upstream, cannot know this room. */
@Global()
@Module({
  imports: [NetworkModule],
  providers: [{ provide: ProviderAddresses, useClass: OurAddresses }],
  exports: [ProviderAddresses],
})
export class NetworkPortsModule {}
