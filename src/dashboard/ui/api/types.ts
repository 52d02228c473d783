/** Answers of the API, as far as these pages read them. Amounts of attoFIL and sizes of pieces are decimal text. */

export interface Viewer {
  id: string;
  username: string;
  role: string;
  scope: 'upload' | 'user' | 'admin';
  auth_expiry: string | null;
  settings: {
    replication: number;
    verified: boolean;
    dealDuration: number;
    contentAddingDisabled: boolean;
    dealMakingDisabled: boolean;
  };
}

export interface Session {
  username: string;
  csrfToken: string | null;
}

export interface PublicStats {
  totalStorage: number;
  totalFilesStored: number;
  totalObjectsRef: number;
  totalBytesUploaded: number;
  dealsOnChain: number;
  dealsActive: number;
  totalUsers: number;
  totalStorageMiner: number;
  bytesOut: number;
  asOf: string;
}

export interface PublicInfo {
  network: string;
  primaryAddress: string | null;
  head: { height: number; at: string; ageSeconds: number } | null;
  versions: { filecoinNode?: string; runtime: string };
  notice?: string;
}

export interface Ready {
  ready: boolean;
  down: { name: string; detail: string }[];
  checks: Record<string, string>;
}

export interface PublicContent {
  content: { cid: string; root: string; size: number; type: string; hot: boolean };
  pieces: { pieceCid: string | null; pieceSize: string | null; state: string }[];
  deals: PublicDeal[];
}

export interface PublicDeal {
  miner: string;
  dealId: number;
  state: string;
  pieceCid: string | null;
  propCid: string | null;
  verified: boolean;
  startEpoch: number | null;
  endEpoch: number | null;
  endAt: string | null;
  sealedAt: string | null;
}

export interface DealsDay {
  time: string;
  dealsAttempted: number;
  dealsOnChain: number;
  dealsSealed: number;
  dealsFailed: number;
}

export interface BandwidthHour {
  hour: string;
  channel: string;
  direction: string;
  bytes: number;
  requests: number;
}

export interface Content {
  id: number;
  cid: string;
  name: string;
  size: number;
  type: string;
  state: string;
  offloaded: boolean;
  hot?: boolean;
  replication: number;
  createdAt: string;
}

export interface Deal {
  id: number;
  CreatedAt: string;
  UpdatedAt: string;
  propCid: string | null;
  miner: string;
  dealId: number;
  failed: boolean;
  verified: boolean;
  slashed: boolean;
  sealedAt: string | null;
  onChainAt: string | null;
  state: string;
  live: boolean;
  slot: number;
  pieceCid: string | null;
  pieceSize: string | null;
  failurePhase: string | null;
  failureReason: string | null;
  failureMessage: string | null;
  endAt: string | null;
  startAt: string | null;
  totalCost: string;
}

export interface DealStatus {
  deal: Deal;
  transfer: { status: string; sent: number; size: number };
}

export interface Piece {
  carId: string;
  state: string;
  carBytes: number;
  pieceCid: string | null;
  pieceSize: string | null;
  activeDeals: number;
  liveDeals: number;
  replication: number;
  lastError: string | null;
  createdAt: string;
}

export interface ContentStatus {
  content: Content;
  deals: DealStatus[];
  failuresCount: number;
  pieces: Piece[];
  unsealed: number;
  replication: number;
  progress: { active: number; wanted: number; text: string };
}

export interface Uploaded {
  cid: string;
  retrieval_url: string;
  estuaryId: number;
}

export interface Estimate {
  totalFil: string;
  totalAttoFil: string;
  minersFound: number;
  replication: number;
  usd: { total: string } | null;
}

export interface Move {
  from: string | null;
  to: string;
  cause: string | null;
  at: string;
}

export interface Pin {
  requestid: string;
  status: string;
  created: string;
  pin: { cid: string; name?: string; origins?: string[] };
  info?: Record<string, string>;
}

export interface ApiKey {
  token: string;
  tokenHash: string;
  label: string;
  expiry: string | null;
  isSession: boolean;
  id: string;
  scope: string;
  createdAt: string;
  lastUsedAt: string | null;
}

export interface Limits {
  limits: { bytesQuota: number | null; pinsQuota: number | null; spendPerDay: string | null };
  usage: { bytes?: number; contents?: number; pins?: number; spendToday?: string };
}

export interface UserLine extends Limits {
  id: string;
  username: string;
  role: string;
  createdAt: string;
  spaceUsed: number;
  numFiles: number;
}

export interface DealFailure {
  id: number;
  CreatedAt: string;
  miner: string;
  phase: string | null;
  reason: string | null;
  message: string | null;
  pieceCid: string | null;
  deal: number;
  state: string;
}
