import type { AttoFil, CarId, Epoch, MinerId } from '../../shared/index.js';

/** What a proposal is about. */
export interface ProposedPiece {
  /** The CAR whose exact bytes were committed to, which is on this node. */
  carId: CarId;
  /** Root in the CAR's header. */
  root: string;
  carBytes: number;
  /** commP as `baga6ea4sea...`. */
  pieceCid: string;
  /** Padded. */
  pieceSize: bigint;
}

/** What is offered for it. */
export interface ProposalTerms {
  /** attoFIL per GiB per epoch. */
  price: AttoFil;
  verified: boolean;
  /** Epochs. */
  duration: number;
  /** First epoch: the miner's deadline. */
  startEpoch: Epoch;
}

/** Where a deal stands at the client node, in our words. */
export interface DealStatus {
  phase: 'proposed' | 'accepted' | 'transferring' | 'published' | 'active' | 'rejected' | 'failed';
  /** The node's own word for the state. */
  detail: string;
  /** Why, for rejected and failed. */
  message: string | null;
  chainDealId: bigint | null;
  publishCid: string | null;
  bytesSent: number;
  /** Epoch at which the proposal was made, when the node says. */
  proposal: Record<string, string | number | boolean | null>;
}

/**
 * Makes deals with miners over one protocol. `propose` is not idempotent: after a crash ask `find` first. Failures:
 * MinerUnreachable (retry with another), ProposalRefused (this miner said no), DealProtocolUnsupported (the node cannot
 * make deals at all), ChainUnavailable (the node cannot be asked; retry later).
 */
export abstract class DealMaker {
  abstract readonly protocol: string;
  /** Sends the proposal and returns its CID. The miner's answer comes with `status`. */
  abstract propose(
    piece: ProposedPiece,
    terms: ProposalTerms,
    miner: MinerId,
    signal?: AbortSignal,
  ): Promise<{ proposalCid: string }>;
  /** Proposals of this piece to this miner that the node knows, newest first. */
  abstract find(
    piece: Pick<ProposedPiece, 'pieceCid' | 'root'>,
    miner: MinerId,
    signal?: AbortSignal,
  ): Promise<{ proposalCid: string; createdAt: Date | null }[]>;
  /** Null when the node has forgotten the proposal. */
  abstract status(proposalCid: string, signal?: AbortSignal): Promise<DealStatus | null>;
  /** Gives up a proposal's transfer where the protocol can; a deal on chain stays. */
  abstract cancel(proposalCid: string, signal?: AbortSignal): Promise<void>;
}
