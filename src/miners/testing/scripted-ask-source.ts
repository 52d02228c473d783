import type { MinerId } from '../../shared/index.js';
import { AskNotAnswered } from '../domain/miners.errors.js';
import { AskSource, type Ask } from '../ports/ask-source.port.js';

export function ask(over: Partial<Ask> = {}): Ask {
  return { price: 1_000_000_000n, verifiedPrice: 0n, minPieceSize: 256n, maxPieceSize: 64n << 30n, ...over };
}

/** Asks in memory. A miner in `silent` does not answer; one without an entry answers with the ordinary ask. */
export class ScriptedAskSource extends AskSource {
  readonly asks = new Map<MinerId, Ask>();
  readonly silent = new Set<MinerId>();
  /** Every question, in order. */
  readonly asked: MinerId[] = [];

  async ask(miner: MinerId, signal?: AbortSignal): Promise<Ask> {
    signal?.throwIfAborted();
    this.asked.push(miner);
    if (this.silent.has(miner)) throw new AskNotAnswered(`${miner} does not answer`);
    return this.asks.get(miner) ?? ask();
  }
}
