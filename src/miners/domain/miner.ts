import type { MinerId } from '../../shared/index.js';
import type { Ask } from '../ports/ask-source.port.js';
import type { Breaker } from './breaker.js';
import type { Success } from './success.js';

const HTTP_ADDRESS = /^\/(ip4|ip6|dns|dns4|dns6)\/([^/]+)\/tcp\/(\d+)(?:\/tls(?:\/sni\/[^/]+)?)?\/(https?)(?:\/|$)/;

/** The newest ask of a miner. */
export interface KnownAsk extends Ask {
  /** When it was first, and when it was last heard. */
  at: Date;
  seenAt: Date;
}

/** What the chain says about a miner. */
export interface MinerOnRecord {
  address: MinerId;
  peerId: string | null;
  addresses: string[];
  httpUrl: string | null;
  owner: string | null;
  worker: string | null;
}

/** An operator's word, or a rule of suspension-rules.ts. */
export type SuspendedBy = 'operator' | 'rule';

/** All that is known of a miner: from the chain, from itself, from operators, from its deals. */
export interface Miner extends MinerOnRecord {
  name: string;
  version: string | null;
  suspended: boolean;
  suspendedReason: string | null;
  /** Null: until an operator lifts it. */
  suspendedUntil: Date | null;
  /** Null: never suspended, or by a release that did not say. */
  suspendedBy: SuspendedBy | null;
  suspendedSince: Date | null;
  /** Rules look at nothing that was before; null: at all there is. */
  judgedFrom: Date | null;
  /** Out of what was measured: 0 to 100, and how much is known (decayed outcomes). Null: not yet. */
  score: { value: number; evidence: number } | null;
  /** Deals that are proven and alive, as of the score. */
  heldDeals: number;
  /** As an operator says; null: not known. */
  region: string | null;
  breaker: Breaker;
  success: Success;
  /** The newest, or null when none was ever heard. */
  ask: KnownAsk | null;
  /** Why it did not answer when it was last asked; null while it answers. */
  askError: string | null;
  createdAt: Date;
}

/** A suspension with an end is over by itself. */
export function isSuspended(miner: Pick<Miner, 'suspended' | 'suspendedUntil'>, now: Date): boolean {
  return miner.suspended && (miner.suspendedUntil === null || miner.suspendedUntil > now);
}

/** Base URL of the first multiaddr that names an HTTP endpoint, `/dns4/sp.example/tcp/443/https`; null without one. */
export function httpUrlOf(addresses: readonly string[]): string | null {
  for (const address of addresses) {
    const match = HTTP_ADDRESS.exec(address);
    if (!match) continue;
    const [, family = '', host = '', port = '', scheme = ''] = match;
    const secure = scheme === 'https' || address.includes('/tls');
    return `${secure ? 'https' : 'http'}://${family === 'ip6' ? `[${host}]` : host}:${port}`;
  }
  return null;
}
