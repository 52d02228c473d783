export type { DealState, LossState, PieceState } from './domain/deal-state.js';
export { DealProtocolUnsupported, MinerUnreachable, ProposalRefused } from './domain/deals.errors.js';
export { dealMoved, pieceCommitted, pieceReplicated } from './domain/deals.events.js';
export type { FailurePhase, FailureReason } from './domain/failure.js';
export { DealMaker, type DealStatus, type ProposalTerms, type ProposedPiece } from './ports/deal-maker.port.js';
export { type PieceCommitment, PieceHasher } from './ports/piece-hasher.port.js';
export { type PieceHolder, PieceSource, type WantedPiece } from './ports/piece-source.port.js';
