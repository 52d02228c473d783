import type { AttoFil, MinerId } from '../../shared/index.js';

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
  abstract ask(miner: MinerId, signal?: AbortSignal): Promise<Ask>;
}
