import type { Miner } from '../../api/miner-types';
import type { Piece } from '../../api/types';

/** Answers of the operator's routes, as far as these pages read them. */

export interface Progress {
  deals: Record<string, number>;
  pieces: Record<string, number>;
  oldestWaitingSeconds: number;
  dealMakingEnabled: boolean;
  waiting: Piece[];
}

export interface Fault {
  fault: string;
  about: string;
  open: boolean;
  [more: string]: unknown;
}

export interface Balance {
  account: string;
  balance: string;
  marketAvailable: string;
  marketLocked: string;
  verifiedClientBalance: string | null;
  ageSeconds: number;
}

export interface IpfsState {
  node: { kind: string; agent: string; peerId: string; peers: number; up: boolean; seenAt: string } | null;
  announcements: Record<string, number>;
}

export interface AdminMiner extends Miner {
  askError: string | null;
  breaker: { state: string; failures: number; openUntil: string | null };
  success: { share: number | null; weight: number; at: string } | null;
}

export interface Retrieval {
  id: string;
  cid: string;
  state: string;
  source: string | null;
  miner: string | null;
  bytes: number;
  firstByteMs: number | null;
  durationMs: number | null;
  attempts: number;
  createdAt: string;
}

export interface RetrievalStats {
  total: number;
  live: number;
  stored: number;
  failed: number;
  bytes: number;
  medianFirstByteMs: number | null;
}

export interface DamagePage {
  count: number;
  damage: {
    id: number;
    foundAt: string;
    car: string;
    place: string;
    kind: string;
    cause: string;
    cid: string | null;
    outcome: string | null;
    endedAt: string | null;
  }[];
  next: number | null;
}

export interface AnnouncementPage {
  count: number;
  announcements: {
    id: number;
    cid: string;
    state: string;
    heldSince: string | null;
    announcedAt: string | null;
    nextAt: string | null;
    failures: number;
    lastError: string | null;
  }[];
  next: number | null;
}

export interface Invite {
  id: string;
  code: string;
  createdBy: string;
  claimedBy: string;
  createdAt: string;
  claimedAt: string | null;
  revokedAt: string | null;
}
