export { DealsHttpModule, DealsJobsModule, DealsModule } from './deals.module.js';
export type { HeldRun, Holder } from './domain/deal.js';
export { DealProtocolUnsupported, MinerUnreachable, NodeFault, ProposalRefused } from './domain/deals.errors.js';
export { nodeFaultFrom, type NodeFaultName } from './domain/node-fault.js';
export { dealMoved } from './domain/deals.events.js';
export { isOurFailure } from './domain/failure.js';
export { DealMaker, type DealStatus, type ProposalTerms, type ProposedPiece } from './ports/deal-maker.port.js';
export {
  type PieceCommitment,
  PieceHasher,
  type PieceHashing,
  type PieceHolder,
  PieceSource,
  type WantedPiece,
} from './ports/piece.port.js';
export { FindHolders } from './verbs/read-content-deals.js';
export { diskFaultOf, NodeFaults } from './verbs/node-faults.js';
export { PublicDeals } from './store/public-deals.query.js';
export type { MinerDealCounts, PublicDeal } from './store/deals.sql.js';
