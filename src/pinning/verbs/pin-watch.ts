import { setMaxListeners } from 'node:events';
import type { Clock } from '../../shared/index.js';
import type { PinClaim, PinProgress } from '../domain/pin.js';
import { PinStalled, PinTakenAway } from '../domain/pinning.errors.js';
import type { PinLeases } from '../ports/pin-leases.port.js';

/** After a crash a pin is free again this soon. */
export const LEASE_MS = 15_000;
const BEAT_MS = 1_000;

/**
 * Stays with a fetch: prolongs its lease every second, writes its progress down, and aborts it when the pin was taken away
 * or no block has come for too long.
 */
export class PinWatch {
  readonly progress: PinProgress = { blocks: 0, bytes: 0, sources: 0 };
  readonly signal: AbortSignal;
  private readonly cut = new AbortController();
  private readonly over = new AbortController();
  private lastAt: number;
  private paused = false;
  private beating: Promise<void>;

  constructor(private readonly claim: PinClaim, private readonly leases: PinLeases, private readonly clock: Clock, private readonly idleMs: number, shutdown: AbortSignal) {
    this.lastAt = clock.now().getTime();
    this.signal = AbortSignal.any([shutdown, this.cut.signal]);
    setMaxListeners(Infinity, this.signal);
    this.beating = this.beat();
  }

  arrived(bytes: number): void {
    this.progress.blocks += 1;
    this.progress.bytes += bytes;
    this.lastAt = this.clock.now().getTime();
  }

  connected(sources: number): void {
    this.progress.sources = sources;
  }

  /** Waiting for its turn is not idling. */
  async pausedFor<T>(work: Promise<T>): Promise<T> {
    this.paused = true;
    try {
      return await work;
    } finally {
      this.paused = false;
      this.lastAt = this.clock.now().getTime();
    }
  }

  async stop(): Promise<void> {
    this.over.abort();
    await this.beating;
  }

  private async beat(): Promise<void> {
    while (!this.over.signal.aborted && !this.signal.aborted) {
      await this.clock.sleep(BEAT_MS, this.over.signal).catch(() => undefined);
      if (this.over.signal.aborted) return;
      const now = this.clock.now().getTime();
      // An unreachable database costs the lease only when it stays so until the lease is over.
      const held = await this.leases.extend(this.claim, new Date(now + LEASE_MS), this.progress).catch(() => true);
      if (!held) this.cut.abort(new PinTakenAway(`the pin ${this.claim.pin.requestId} was removed or taken over`));
      if (!this.paused && now - this.lastAt >= this.idleMs) this.cut.abort(new PinStalled(this.idleMs / 1000, this.progress.blocks));
    }
  }
}
