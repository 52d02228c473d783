import { Module, type OnModuleInit } from '@nestjs/common';
import { AccountsModule, PlatformSwitches, UsageRegistry } from '../accounts/index.js';
import { ChainModule } from '../chain/index.js';
import { ContentModule } from '../content/index.js';
import { MinersModule } from '../miners/index.js';
import { QueueModule } from '../platform/queue/index.js';
import { ContentDealsController } from './http/content-deals.controller.js';
import { DealsAdminController } from './http/deals-admin.controller.js';
import { DealsController } from './http/deals.controller.js';
import { AuditsSchedule, DealsSchedule } from './jobs/deals.schedule.js';
import { DealsMetrics } from './jobs/deals.metrics.js';
import { dealsQueue, PieceJobs, piecesQueue } from './jobs/deals.queues.js';
import { DealsProcessor, DealsSubscriptions, PiecesProcessor } from './jobs/deals.subscriptions.js';
import { PostgresContentCarsStore } from './store/postgres-content-cars.store.js';
import { DealFaultsStore } from './store/deal-faults.store.js';
import { DealReservations } from './store/deal-reservations.store.js';
import { DealTransitions } from './store/deal-transitions.js';
import { PostgresDealViewStore } from './store/postgres-deal-view.store.js';
import { PostgresDealStore } from './store/postgres-deal.store.js';
import { PostgresPieceStore } from './store/postgres-piece.store.js';
import { AssignMiners } from './verbs/assign-miners.js';
import { AuditReservations, AuditSealedDeals } from './verbs/audit-deals.js';
import { CommitPiece } from './verbs/commit-piece.js';
import { DealAdmission, SpendingCaps } from './verbs/deal-admission.js';
import { NodeFaults } from './verbs/node-faults.js';
import { EstimateDeals } from './verbs/estimate-deals.js';
import { FailDeal } from './verbs/fail-deal.js';
import { FindHolders, ReadContentDeals } from './verbs/read-content-deals.js';
import { OffloadContent } from './verbs/offload-content.js';
import { PieceRegistry, PieceTerms } from './verbs/piece-registry.js';
import { ProposeDeal } from './verbs/propose-deal.js';
import { EnsurePieceLocal, ReplicatePiece } from './verbs/replicate-piece.js';
import { TrackDeal, TrackDeals } from './verbs/track-deals.js';

const stores = [DealFaultsStore, DealReservations, PostgresContentCarsStore, PostgresDealViewStore, PostgresPieceStore];
const asked = [EstimateDeals, FindHolders, NodeFaults, OffloadContent, PieceTerms, ReadContentDeals];

/** What can be asked of this room, in both processes. */
@Module({
  imports: [AccountsModule, ChainModule, ContentModule, MinersModule],
  providers: [...stores, ...asked],
  exports: [...stores, ...asked],
})
export class DealsModule {}

@Module({
  imports: [AccountsModule, ChainModule, DealsModule],
  controllers: [ContentDealsController, DealsController, DealsAdminController],
})
export class DealsHttpModule implements OnModuleInit {
  constructor(
    private readonly uses: UsageRegistry,
    private readonly reservations: DealReservations,
    private readonly switches: PlatformSwitches,
    private readonly pieces: PostgresPieceStore,
  ) {}

  /** Accounts show what their deals took within 24 hours. */
  onModuleInit(): void {
    this.switches.registerDealMaking(() => this.pieces.isDealMakingOn());
    this.uses.register(async (users) => {
      const used = await this.reservations.usedTodayBy(users);
      return new Map(
        users.map((user) => {
          const { cost: spendToday = 0n, dataCap = 0n } = used.get(user) ?? {};
          return [user, { spendToday, dataCapToday: Number(dataCap) }];
        }),
      );
    });
  }
}

const makers = [
  DealAdmission,
  SpendingCaps,
  AssignMiners,
  CommitPiece,
  EnsurePieceLocal,
  FailDeal,
  PieceRegistry,
  ProposeDeal,
  ReplicatePiece,
];
const trackers = [AuditReservations, AuditSealedDeals, DealTransitions, PostgresDealStore, TrackDeal, TrackDeals];
const reactions = [
  AuditsSchedule,
  DealsMetrics,
  DealsProcessor,
  DealsSchedule,
  DealsSubscriptions,
  PieceJobs,
  PiecesProcessor,
];

/** Deals are made and followed in the worker process alone: only it needs DealMaker, PieceHasher and PieceSource. */
@Module({
  imports: [
    AccountsModule,
    ChainModule,
    ContentModule,
    DealsModule,
    MinersModule,
    QueueModule.register(piecesQueue),
    QueueModule.register(dealsQueue),
  ],
  providers: [...makers, ...trackers, ...reactions],
})
export class DealsJobsModule {}
