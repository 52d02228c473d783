import type { MinerId } from '../../shared/index.js';
import { breakerState } from '../domain/breaker.js';
import { isSuspended, type Miner } from '../domain/miner.js';
import type { Ask } from '../ports/ask-source.port.js';

/** attoFIL per GiB and epoch as decimal text, sizes in padded bytes. */
export function askView(miner: MinerId, ask: Ask) {
  return {
    miner,
    price: String(ask.price),
    verifiedPrice: String(ask.verifiedPrice),
    minPieceSize: Number(ask.minPieceSize),
    maxPieceSize: Number(ask.maxPieceSize),
  };
}

/** Estuary's fields, and what an operator needs beside them. */
export function minerView(miner: Miner, now: Date) {
  return {
    addr: miner.address,
    name: miner.name,
    suspended: isSuspended(miner, now),
    suspendedReason: miner.suspendedReason ?? '',
    suspendedUntil: miner.suspendedUntil?.toISOString() ?? null,
    suspendedBy: miner.suspendedBy,
    suspendedSince: miner.suspendedSince?.toISOString() ?? null,
    region: miner.region,
    score: miner.score?.value ?? null,
    heldDeals: miner.heldDeals,
    version: miner.version ?? '',
    chain_info: {
      peerId: miner.peerId ?? '',
      addresses: miner.addresses,
      owner: miner.owner ?? '',
      worker: miner.worker ?? '',
    },
    httpUrl: miner.httpUrl,
    ask: miner.ask && {
      ...askView(miner.address, miner.ask),
      at: miner.ask.at.toISOString(),
      seenAt: miner.ask.seenAt.toISOString(),
    },
    askError: miner.askError,
    breaker: {
      state: breakerState(miner.breaker, now),
      failures: miner.breaker.failures,
      openUntil: miner.breaker.openUntil?.toISOString() ?? null,
    },
    success:
      miner.success.at === null
        ? null
        : { share: miner.success.share, weight: miner.success.weight, at: miner.success.at.toISOString() },
  };
}
