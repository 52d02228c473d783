import type { CID } from 'multiformats/cid';
import type { Gateways } from './gateways.js';
import { pause } from './pause.js';

/** Bitswap has brought nothing for this long: gateways are asked, too. Where it brings blocks, no gateway is troubled. */
const BITSWAP_FIRST_MS = 2_000;
const AT_ONCE = 8;
const FIRST_RETRY_MS = 5_000;
const LONGEST_RETRY_MS = 120_000;

/** One fetch's way to the gateways: a few blocks at a time, and only while bitswap is silent. */
export class GatewayLane {
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(
    private readonly gateways: Gateways,
    private readonly bitswapQuietMs: () => number,
    private readonly firstMs = BITSWAP_FIRST_MS,
  ) {}

  /** The block from whichever gateway gives it, asked for again and again. @throws the signal's reason. */
  async block(cid: CID, signal: AbortSignal): Promise<Uint8Array> {
    for (let retryMs = FIRST_RETRY_MS; ; retryMs = Math.min(2 * retryMs, LONGEST_RETRY_MS)) {
      for (let left = this.headStart(); left > 0; left = this.headStart()) await pause(left, signal);
      const bytes = await this.inTurn(() => this.gateways.block(cid, signal));
      if (bytes !== null) return bytes;
      await pause(retryMs, signal);
    }
  }

  private headStart(): number {
    return this.firstMs - this.bitswapQuietMs();
  }

  private async inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.running >= AT_ONCE) await new Promise<void>((resolve) => this.waiting.push(resolve));
    else this.running += 1;
    try {
      return await work();
    } finally {
      // Whoever waits takes over this turn.
      const next = this.waiting.shift();
      if (next) next();
      else this.running -= 1;
    }
  }
}
