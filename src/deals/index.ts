export { dealMoved, pieceCommitted, pieceReplicated } from './domain/deals.events.js';
export { DealMaker, type DealStatus, type ProposalTerms, type ProposedPiece } from './ports/deal-maker.port.js';
export { type PieceCommitment, PieceHasher } from './ports/piece-hasher.port.js';
