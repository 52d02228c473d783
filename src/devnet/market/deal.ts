import type { Address } from '../chain/addresses.js';
import type { DealState } from './deal-states.js';

/** Lotus' DealStages, names as in its JSON. */
export interface StageLog {
  Log: string;
  UpdatedTime: string;
}
/** One state that the deal was in, with what was said during it. */
export interface Stage {
  Name: string;
  Description: string;
  ExpectedDuration: string;
  CreatedTime: string;
  UpdatedTime: string;
  Logs: StageLog[];
}

/** What client and miner agree on; its dag-cbor hash is the proposal CID. */
export interface Proposal {
  pieceCid: string;
  pieceSize: number;
  verified: boolean;
  client: Address;
  provider: Address;
  label: string;
  startEpoch: number;
  endEpoch: number;
  pricePerEpoch: bigint;
  providerCollateral: bigint;
  clientCollateral: bigint;
}

/** A deal as the client's node keeps it. Epochs that have not come are -1, as in Lotus' DealState. */
export interface Deal extends Proposal {
  /** The devnet's own number; also the id of its data transfer. */
  n: number;
  /** The how-many-eth deal of this miner: what is left to chance follows from it. */
  nth: number;
  proposalCid: string;
  wallet: Address;
  state: DealState;
  message: string;
  stages: Stage[];
  transferType: string;
  root: string;
  /** The client's CAR that the miner pulls. */
  path: string;
  carSize: number;
  fastRetrieval: boolean;
  createdAt: string;
  /** What the provider says while the client waits for acceptance. */
  providerState: string;
  transferred: number;
  sha?: string;
  publishCid?: string;
  dealId?: number;
  sectorStart: number;
  updatedEpoch: number;
  slashEpoch: number;
  /** The epoch in which its miner loses the data, when that is its fate. */
  slashAt?: number;
  /** The next epoch in which something happens by itself. */
  wake: number | null;
}

/** attoFIL over the whole duration. */
export function totalPrice(deal: Proposal): bigint {
  return deal.pricePerEpoch * BigInt(deal.endEpoch - deal.startEpoch);
}

/** What the client has to have in the market for this deal. */
export function clientFunds(deal: Proposal): bigint {
  return totalPrice(deal) + deal.clientCollateral;
}
