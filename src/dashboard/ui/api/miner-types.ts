/** Answers about miners, as far as these pages read them; prices in attoFIL as decimal text. */

export interface Ask {
  price: string;
  verifiedPrice: string | null;
  minPieceSize: string | number | null;
  maxPieceSize: string | number | null;
  seenAt: string | null;
}

export interface Miner {
  addr: string;
  name: string;
  suspended: boolean;
  suspendedReason: string;
  suspendedUntil?: string | null;
  version: string;
  chain_info: { peerId: string | null; addresses: string[]; owner: string | null; worker: string | null };
  httpUrl: string | null;
  ask: Ask | null;
  pausedUntil: string | null;
  dealCount: number;
  activeDeals: number;
  /** From 0 to 100; null before there is any evidence. */
  score?: number | null;
  /** Of each day, oldest first. */
  scoreCourse?: number[];
  figures?: MinerLineFigures | null;
}

/** Numbers below which so many percent of what was measured lie; null without any measurement. */
export type Percentiles = { count: number; p10: number; p50: number; p90: number; p95: number } | null;

/** Of the last seven days. */
export interface MinerLineFigures {
  proposals: number;
  acceptRate: number | null;
  publishMs: Percentiles;
  sealMs: Percentiles;
  transferBytesPerSecond: Percentiles;
  retrievals: number;
  retrievalSuccessRate: number | null;
  firstByteMs: Percentiles;
  faults: number;
  slashes: number;
  failures: number;
  failuresByDay: number[];
  topFailure: { phase: string; reason: string; count: number } | null;
  bytesIn: number;
  bytesOut: number;
}

/** How a score adds up: each line by the lower bound of what its evidence allows. */
export interface Score {
  score: number;
  at: string;
  halfLifeDays: number;
  lines: {
    dimension: string;
    about: string;
    /** What was counted: `s` of `n`. */
    counted: { s: number; n: number };
    bound: number;
    weight: number;
    contribution: number;
  }[];
  course: { day: string; score: number }[];
}

export interface MinerFigures {
  proposals: number;
  acceptRate: number | null;
  acceptMs: number | null;
  transferBytesPerSecond: number | null;
  publishMs: number | null;
  sealMs: number | null;
  retrievals: number;
  retrievalSuccessRate: number | null;
  retrievalFirstByteMs: number | null;
  retrievalBytesPerSecond: number | null;
}

export interface MinerStats {
  miner: string;
  name: string;
  version: string;
  dealCount: number;
  errorCount: number;
  liveDeals: number;
  activeDeals: number;
  suspended: boolean;
  suspendedReason: string;
  chainInfo: Miner['chain_info'];
  ask: Ask | null;
  region?: string | null;
  suspension?: { by: string | null; reason: string; since: string | null; until: string | null } | null;
  days: number;
  figures: MinerFigures;
  deals: {
    proposals: number;
    acceptRate: number | null;
    sealed: number;
    ended: number;
    faults: number;
    slashes: number;
  };
  times: Record<'acceptMs' | 'transferMs' | 'publishMs' | 'sealMs', Percentiles>;
  transferBytesPerSecond: Percentiles;
  failed: { total: number; byReason: { phase: string; reason: string; count: number; fault: 'ours' | 'theirs' }[] };
  retrieval: { attempts: number; ok: number; successRate: number | null; firstByteMs: Percentiles };
  bytes: { in: number; out: number };
  asks: { price: string; verifiedPrice: string; at: string }[];
  score?: Score | null;
}

export interface MinerDeal {
  id: string;
  state: string;
  dealId: string | null;
  failed: boolean;
  verified: boolean;
  contentCid: string;
  pieceCid: string | null;
  pieceSize: string | null;
  createdAt: string;
  updatedAt: string;
}
