import type { CarId, MinerId } from '../../shared/index.js';

export interface Holder {
  miner: MinerId;
  proposalCid: string | null;
  chainDealId: bigint | null;
  /** 'active' and 'expiring' ones are proven; 'published' ones ought to have it. */
  state: 'active' | 'expiring' | 'published';
}

/** One stretch of a DAG inside a piece, and who holds that piece, the proven first. */
export interface HeldRun {
  seq: number;
  carId: CarId;
  /** Of the stretch inside the CAR, in bytes. */
  offset: number;
  length: number;
  /** Root in the CAR's header. */
  carRoot: string;
  carBytes: number;
  pieceCid: string | null;
  pieceSize: bigint | null;
  holders: Holder[];
}
