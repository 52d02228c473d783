import type { AttoFil, MinerId } from '../../shared/index.js';

/** What a miner asks for, and of which sizes of pieces. */
export interface Ask {
  /** attoFIL per GiB per epoch. */
  price: AttoFil;
  verifiedPrice: AttoFil;
  /** Padded bytes. */
  minPieceSize: bigint;
  maxPieceSize: bigint;
}

/** Asks miners for their prices. Throws a retryable named failure when a miner does not answer. */
export abstract class AskSource {
  /** @throws AskNotAnswered; ChainUnavailable when the node that asks for us is away */
  abstract ask(miner: MinerId, signal?: AbortSignal): Promise<Ask>;
}
