import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/index.js';
import { ChainModule } from '../chain/index.js';
import { ContentModule } from '../content/index.js';
import { MinersModule } from '../miners/index.js';
import { QueueModule } from '../platform/queue/index.js';
import { ContentDealsController } from './http/content-deals.controller.js';
import { DealsAdminController } from './http/deals-admin.controller.js';
import { DealsController } from './http/deals.controller.js';
import { DealsGauges } from './jobs/deals.gauges.js';
import { DealsProcessor, PiecesProcessor } from './jobs/deals.processors.js';
import { dealsQueue, piecesQueue } from './jobs/deals.queues.js';
import { DealsSchedule } from './jobs/deals.schedule.js';
import { DealsWiring } from './jobs/deals.wiring.js';
import { TermsWiring } from './jobs/terms.wiring.js';
import { ContentDealsQuery } from './store/content-deals.js';
import { DealFiguresQuery } from './store/deal-figures.js';
import { DealMakingSwitch } from './store/deal-making-switch.js';
import { DealTransitions } from './store/deal-transitions.js';
import { DealReader } from './store/deal-reader.js';
import { DealStore } from './store/deal-store.js';
import { HoldersQuery } from './store/holders-query.js';
import { PieceStore } from './store/piece-store.js';
import { PieceTerms } from './store/piece-terms.js';
import { ProposalStore } from './store/proposal-store.js';
import { AssignMiners } from './verbs/assign-miners.js';
import { EnsurePieceLocal } from './verbs/ensure-piece-local.js';
import { CommitPiece } from './verbs/commit-piece.js';
import { EstimateDeals } from './verbs/estimate-deals.js';
import { FindHolders } from './verbs/find-holders.js';
import { FollowPlatformPrice } from './verbs/follow-platform-price.js';
import { FailDeal } from './verbs/fail-deal.js';
import { OffloadContent } from './verbs/offload-content.js';
import { ProposeDeal } from './verbs/propose-deal.js';
import { RaiseTerms } from './verbs/raise-terms.js';
import { ReadContentDeals } from './verbs/read-content-deals.js';
import { ReadDates } from './verbs/read-dates.js';
import { RegisterPiece } from './verbs/register-piece.js';
import { ReplicatePiece } from './verbs/replicate-piece.js';
import { RetirePiece } from './verbs/retire-piece.js';
import { SweepPieces } from './verbs/sweep-pieces.js';
import { TrackDeal } from './verbs/track-deal.js';
import { TrackDeals } from './verbs/track-deals.js';

const queries = [ContentDealsQuery, DealFiguresQuery, DealMakingSwitch, DealReader, HoldersQuery, PieceTerms];
const readers = [EstimateDeals, FindHolders, OffloadContent, RaiseTerms, ReadContentDeals, ReadDates];

/** What can be asked of this room, in both processes. */
@Module({
  imports: [ChainModule, ContentModule, MinersModule],
  providers: [...queries, ...readers],
  exports: [...queries, ...readers],
})
export class DealsModule {}

@Module({
  imports: [AccountsModule, DealsModule],
  controllers: [ContentDealsController, DealsController, DealsAdminController],
})
export class DealsHttpModule {}

const stores = [DealTransitions, DealStore, PieceStore, ProposalStore];
const workers = [
  AssignMiners,
  EnsurePieceLocal,
  CommitPiece,
  FollowPlatformPrice,
  FailDeal,
  ProposeDeal,
  RegisterPiece,
  ReplicatePiece,
  RetirePiece,
  SweepPieces,
  TrackDeal,
  TrackDeals,
];

/** Deals are made and followed in the worker process alone: only it needs DealMaker, PieceHasher and PieceSource. */
@Module({
  imports: [
    ChainModule,
    ContentModule,
    DealsModule,
    MinersModule,
    QueueModule.register(piecesQueue),
    QueueModule.register(dealsQueue),
  ],
  providers: [
    ...stores,
    ...workers,
    PiecesProcessor,
    DealsProcessor,
    DealsWiring,
    TermsWiring,
    DealsSchedule,
    DealsGauges,
  ],
})
export class DealsJobsModule {}
